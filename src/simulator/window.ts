const SECOND = 1000;

/** Sum of what was added within the last second, and the highest such sum ever seen. */
export class SlidingSecond {
  #times: number[] = [];
  #amounts: number[] = [];
  #head = 0;
  #sum = 0;
  #max = 0;

  get max(): number {
    return this.#max;
  }

  /** What lies within the second that ends at `now` (milliseconds, never going back). */
  sum(now: number): number {
    const times = this.#times;
    while (this.#head < times.length && (times[this.#head] ?? 0) <= now - SECOND) {
      this.#sum -= this.#amounts[this.#head] ?? 0;
      this.#head++;
    }
    if (this.#head > 1024 && this.#head * 2 > times.length) {
      this.#times = times.slice(this.#head);
      this.#amounts = this.#amounts.slice(this.#head);
      this.#head = 0;
    }
    return this.#sum;
  }

  add(now: number, amount: number): void {
    this.sum(now);
    this.#times.push(now);
    this.#amounts.push(amount);
    this.#sum += amount;
    if (this.#sum > this.#max) this.#max = this.#sum;
  }
}

const SECONDS = 60;

/** How much was added in each of the last 60 full seconds, for a chart. */
export class LastMinute {
  readonly #amounts = new Float64Array(SECONDS + 1);
  #second = 0;

  add(wallMs: number, amount: number): void {
    const place = this.#turn(wallMs) % this.#amounts.length;
    this.#amounts[place] = (this.#amounts[place] ?? 0) + amount;
  }

  /** Oldest first; the second that is still running is left out. */
  list(wallMs: number): number[] {
    const second = this.#turn(wallMs);
    return Array.from({ length: SECONDS }, (_, i) => this.#amounts[(second + 1 + i) % this.#amounts.length] ?? 0);
  }

  /** Empties the places of the seconds that have gone by since the last call. */
  #turn(wallMs: number): number {
    const second = Math.max(Math.floor(wallMs / 1000), this.#second);
    const from = Math.max(this.#second + 1, second - SECONDS);
    for (let s = from; s <= second; s++) this.#amounts[s % this.#amounts.length] = 0;
    this.#second = second;
    return second;
  }
}
