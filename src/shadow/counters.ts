import type { PolicyStore, Usage } from '../db/policy-store.ts';
import { SLOTS, type Piece } from '../policy/limits.ts';

/**
 * `countUses` that leaves the tables as they are: what this process would have counted stands beside what they hold. A daemon that is at
 * work counts the same rows in the tables: of the two the greater number is right.
 */
export function countInMemory(usage: PolicyStore['usage']): PolicyStore['countUses'] {
  const own = new Map<string, Piece[]>();
  return async (subjects, decide) => {
    const there = await usage(subjects);
    const { added, result } = decide({ nowMs: there.nowMs, pieces: merged(there, own) });
    for (const { subject, piece, uses } of added) {
      const kept = (own.get(subject) ?? []).filter((each) => each.piece !== piece && each.piece > piece - SLOTS);
      own.set(subject, [...kept, { piece, uses }]);
    }
    return result;
  };
}

function merged({ pieces }: Usage, own: ReadonlyMap<string, readonly Piece[]>): Map<string, readonly Piece[]> {
  const all = new Map<string, readonly Piece[]>(pieces);
  for (const [subject, ours] of own) {
    const uses = new Map((pieces.get(subject) ?? []).map((each) => [each.piece, each.uses]));
    for (const each of ours) uses.set(each.piece, Math.max(each.uses, uses.get(each.piece) ?? 0));
    all.set(
      subject,
      [...uses].map(([piece, n]) => ({ piece, uses: n })),
    );
  }
  return all;
}
