import assert from 'node:assert/strict';
import { ENDED, EVERY, ROW_RULES, SUBMIT_RULES } from './machine.ts';

/** All that can be reached by rules that these draw. */
function reachable<S extends string>(
  from: S,
  rules: readonly { by: string; from: readonly S[]; to: readonly S[] }[],
): Set<S> {
  const found = new Set([from]);
  for (const state of found)
    for (const rule of rules) if (rule.from.includes(state)) rule.to.forEach((s) => found.add(s));
  return found;
}

const ours = ROW_RULES.filter(({ by }) => by !== 'person');

describe('model: the state machine itself', () => {
  it('nobody but a person brings an ended row back', () => {
    for (const rule of ours) {
      const back = rule.to.filter((to) => !ENDED.includes(to));
      if (back.length > 0)
        assert.ok(
          rule.from.every((from) => !ENDED.includes(from)),
          `${rule.by} to ${back.join()}`,
        );
    }
  });

  it('DELIVERED is the end', () => {
    assert.deepEqual([...reachable('DELIVERED', ours)], ['DELIVERED']);
  });

  it('every status can be reached, and from each that has not ended an end', () => {
    assert.deepEqual([...reachable('NEW', ROW_RULES)].sort(), [...EVERY].sort());
    for (const status of ['NEW', 'SENDING'] as const)
      assert.ok([...reachable(status, ours)].some((s) => ENDED.includes(s)));
  });

  it('an accepted submission only ends; a finished one stays as it is', () => {
    assert.deepEqual([...reachable('ACCEPTED', SUBMIT_RULES)].sort(), ['ACCEPTED', 'DONE']);
    assert.deepEqual([...reachable('DONE', SUBMIT_RULES)], ['DONE']);
  });
});
