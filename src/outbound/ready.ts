import type { Group } from './group.ts';

const LAST = 9;

/** Groups waiting in memory, first priority first, in order within a priority. Small: two batches at most. */
export class ReadyQueue {
  readonly #byPriority: Group[][] = Array.from({ length: 10 }, () => []);
  readonly #parts = this.#byPriority.map(() => 0);

  get groups(): number {
    return this.upTo(LAST).groups;
  }

  /** What waits of this priority or a more urgent one: calls, and the parts that they are billed as. */
  upTo(priority: number): { groups: number; parts: number } {
    const sum = { groups: 0, parts: 0 };
    for (const [i, groups] of this.#byPriority.entries()) {
      if (i > priority) break;
      sum.groups += groups.length;
      sum.parts += this.#parts[i] ?? 0;
    }
    return sum;
  }

  /** Rows of this priority or a more urgent one. */
  rowsUpTo(priority: number): number {
    let rows = 0;
    for (const groups of this.#byPriority.slice(0, priority + 1)) for (const g of groups) rows += g.members.length;
    return rows;
  }

  push(group: Group): void {
    this.#byPriority[group.priority]?.push(group);
    this.#count(group, 1);
  }

  /** The priority of `peek`, 10 when empty. */
  get first(): number {
    const i = this.#byPriority.findIndex((groups) => groups.length > 0);
    return i < 0 ? LAST + 1 : i;
  }

  peek(): Group | undefined {
    return this.#byPriority[this.first]?.[0];
  }

  shift(): Group | undefined {
    const group = this.#byPriority[this.first]?.shift();
    if (group) this.#count(group, -1);
    return group;
  }

  /** Everything, taken out. */
  drain(): Group[] {
    const all = this.#byPriority.flat();
    for (const groups of this.#byPriority) groups.length = 0;
    this.#parts.fill(0);
    return all;
  }

  #count(group: Group, sign: 1 | -1): void {
    this.#parts[group.priority] = (this.#parts[group.priority] ?? 0) + sign * partsOf(group);
  }
}

/** Billed parts of a whole call. */
export const partsOf = (group: Group): number => group.segments * group.members.length;
