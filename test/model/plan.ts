/** What happens at one await point. The point itself is then passed as usual, where its process still lives. */
export type Action =
  /** kill -9; started again on the same state directory at once. */
  | { readonly do: 'crash' }
  /** kill -9; another daemon with another state directory is left. */
  | { readonly do: 'takeover' }
  /** SIGTERM, and started again when it has ended. */
  | { readonly do: 'stop' }
  /** SIGSTOP for less than a lease: slow, but nobody may take anything over. */
  | { readonly do: 'doze' }
  /** SIGSTOP for longer than any lease; another daemon starts meanwhile. Its monotonic clock goes on. */
  | { readonly do: 'freeze' }
  /** The same, but it goes on the moment that another daemon has an answer to what it took over. */
  | { readonly do: 'nap' }
  /** The machine goes to sleep for as long: the process's monotonic clock stands still. */
  | { readonly do: 'sleep' }
  /** The operation fails. Before it: not done. After it: done, but the answer is lost. */
  | { readonly do: 'fail' }
  /** A request that is lost on its way, after it has left. */
  | { readonly do: 'drop' }
  /** A request that reaches the platform only after the caller has given it up and, perhaps, repeated it. */
  | { readonly do: 'late' }
  /** The database is set back to how it was at the beginning (backup restored, fail-over that lost commits); crash. */
  | { readonly do: 'restore' }
  /** The clock of the database's machine is set forward by hours; `another`: and a further daemon starts, which has not seen it. */
  | { readonly do: 'leap'; readonly another?: boolean }
  /** Somebody at the bureau changes a row: `row` from 0. */
  | { readonly do: 'person'; readonly act: PersonAct; readonly row: number };

export const PERSON_ACTS = ['cancel', 'reset', 'edit', 'delete'] as const;
export type PersonAct = (typeof PERSON_ACTS)[number];

/** All that a run depends on beside its scenario. */
export interface Plan {
  /** Point number, from 1 → what happens there. */
  readonly at: Readonly<Record<number, Action>>;
  /** Seed of the order in which waiting operations get their turn; 0: first come, first served. */
  readonly order: number;
}

export const CALM: Plan = { at: {}, order: 0 };

export function actionText(action: Action): string {
  if (action.do === 'person') return `${action.act} row ${action.row + 1}`;
  return action.do === 'leap' && action.another === true ? 'leap, another starts' : action.do;
}
