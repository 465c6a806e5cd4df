import type { Group } from './group.ts';

/** Groups waiting in memory, first priority first, in order within a priority. Small: two batches at most. */
export class ReadyQueue {
  readonly #byPriority: Group[][] = Array.from({ length: 10 }, () => []);
  #parts = 0;
  #groups = 0;

  get parts(): number {
    return this.#parts;
  }

  get groups(): number {
    return this.#groups;
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
    return i < 0 ? 10 : i;
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
    this.#parts = this.#groups = 0;
    return all;
  }

  #count(group: Group, sign: 1 | -1): void {
    this.#parts += sign * partsOf(group);
    this.#groups += sign;
  }
}

/** Billed parts of a whole call. */
export const partsOf = (group: Group): number => group.segments * group.members.length;
