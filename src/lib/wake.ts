/** A wait that an event can end early. An event that comes while nobody waits ends the next wait at once. */
export class Wake {
  #pending = false;
  #resolve: (() => void) | null = null;

  now(): void {
    if (this.#resolve) this.#resolve();
    else this.#pending = true;
  }

  /** Until `now`, or `ms`; Infinity: only `now`. */
  async wait(ms: number): Promise<void> {
    if (this.#pending) {
      this.#pending = false;
      return;
    }
    if (ms <= 0) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        if (timer) clearTimeout(timer);
        this.#resolve = null;
        resolve();
      };
      const timer = ms === Infinity ? null : setTimeout(done, Math.ceil(ms));
      this.#resolve = done;
    });
  }
}
