/** Rows that would end without being sent, of one kind. */
export interface Refused {
  readonly status: string;
  readonly code: string;
  readonly rows: number;
  /** The first of them. */
  readonly ids: readonly string[];
}

const SHOWN = 5;

/** What would have been done. */
export class Tally {
  messages = 0;
  /** Billed. */
  parts = 0;
  calls = 0;
  /** Times that a row was put off. */
  deferrals = 0;
  readonly #refused = new Map<string, { status: string; code: string; rows: number; ids: string[] }>();

  get refused(): readonly Refused[] {
    return [...this.#refused.values()].sort((a, b) => b.rows - a.rows);
  }

  get refusals(): number {
    return this.refused.reduce((sum, { rows }) => sum + rows, 0);
  }

  refuse(id: string, status: string, code: string): void {
    const key = `${status} ${code}`;
    const kind = this.#refused.get(key) ?? { status, code, rows: 0, ids: [] };
    kind.rows++;
    if (kind.ids.length < SHOWN) kind.ids.push(id);
    this.#refused.set(key, kind);
  }
}
