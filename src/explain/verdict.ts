import type { Text } from '../lib/text.ts';

/** Why a row is where it is; stable words for machines. */
export type ReasonKind =
  | 'delivered'
  | 'undelivered'
  | 'noReceipt'
  | 'review'
  | 'awaitingReceipt'
  | 'scheduled'
  | 'retrying'
  | 'deferred'
  | 'noDaemon'
  | 'channelClosed'
  | 'trouble'
  | 'queued'
  | 'next'
  | 'stuck'
  | 'claimed'
  | 'answerPending'
  | 'outcomeUnknown'
  | 'failed'
  | 'rejected'
  | 'expired'
  | 'held'
  | 'cancelled';

export interface Reason {
  readonly kind: ReasonKind;
  readonly text: Text;
  /** What to do; null: nothing. */
  readonly todo: Text | null;
}

export const reason = (kind: ReasonKind, text: Text, todo: Text | null): Reason => ({ kind, text, todo });
