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
