import assert from 'node:assert/strict';
import fc from 'fast-check';
import { countingsOf, countRows, SLOTS, standing, subjectOf, type Limit, type Piece } from '../../src/policy/limits.ts';
import type { Message } from '../../src/policy/message.ts';

const MINUTE = 60_000;
const NOW = Date.parse('2026-11-26T04:00:00Z');
const limit = (over: Partial<Limit> = {}): Limit => ({
  ...{ per: 'phone', categories: null, most: 2, windowMs: MINUTE, over: 'reject', code: 'RATE_LIMIT' },
  ...over,
});
const message = (over: Partial<Message> = {}): Message => ({
  ...{ phone: '13000000001', content: '您好', text: '您好', category: 'NOTICE', source: null, template: null, at: 0 },
  ...{ overruled: new Set() },
  ...over,
});

/** The counters as the database keeps them: one place for each piece of the window, used in turn. */
class Counters {
  readonly #slots = new Map<string, Piece>();

  get pieces(): Map<string, Piece[]> {
    const found = new Map<string, Piece[]>();
    for (const [key, piece] of this.#slots) {
      const subject = key.split(' ')[0] ?? '';
      found.set(subject, [...(found.get(subject) ?? []), piece]);
    }
    return found;
  }

  get size(): number {
    return this.#slots.size;
  }

  /** `ok` or the code of each. */
  send(messages: readonly Message[], limits: readonly Limit[], nowMs: number): string[] {
    const rows = messages.map((m, i) => ({ id: String(i), message: m }));
    const { over, added } = countRows(countingsOf(rows, limits), this.pieces, nowMs);
    for (const { subject, piece, uses } of added) this.#slots.set(`${subject} ${piece % SLOTS}`, { piece, uses });
    return rows.map(({ id }) => over.get(id)?.code ?? 'ok');
  }
}

describe('limits', () => {
  it('let so many through within a time, within one claim and over several', () => {
    const counters = new Counters();
    assert.deepEqual(counters.send([message()], [limit()], NOW), ['ok']);
    assert.deepEqual(counters.send([message(), message()], [limit()], NOW + 1000), ['ok', 'RATE_LIMIT']);
    assert.deepEqual(counters.send([message({ phone: '13000000002' })], [limit()], NOW + 1000), ['ok']);
    assert.deepEqual(counters.send([message()], [limit()], NOW + 59_000), ['RATE_LIMIT']);
    assert.deepEqual(counters.send([message(), message()], [limit()], NOW + 61_000), ['ok', 'RATE_LIMIT']);
  });

  it('count what they are about', () => {
    const each = (l: Partial<Limit>, ...messages: Partial<Message>[]): string[] =>
      new Counters().send(messages.map(message), [limit({ most: 1, ...l })], NOW);
    const other = { phone: '13000000002' };
    assert.deepEqual(each({ per: 'text' }, {}, { text: '再见' }, {}, other), ['ok', 'ok', 'RATE_LIMIT', 'ok']);
    assert.deepEqual(each({ per: 'source' }, {}, {}, { source: 'a' }, { source: 'a' }), [
      'ok',
      'ok',
      'ok',
      'RATE_LIMIT',
    ]);
    assert.deepEqual(each({ per: 'category' }, {}, other, { category: 'CODE' }), ['ok', 'RATE_LIMIT', 'ok']);
    const code = { categories: new Set(['CODE']) };
    assert.deepEqual(each(code, {}, {}, { category: 'CODE' }, { category: 'CODE' }), ['ok', 'ok', 'ok', 'RATE_LIMIT']);
  });

  it('count in none where one of them refuses', () => {
    const counters = new Counters();
    const [minute, day] = [limit({ most: 1 }), limit({ most: 2, windowMs: 1440 * MINUTE })];
    assert.deepEqual(counters.send([message(), message()], [minute, day], NOW), ['ok', 'RATE_LIMIT']);
    assert.deepEqual(
      counters.send([message()], [minute, day], NOW + 62_000),
      ['ok'],
      'the second did not use up the day',
    );
    assert.deepEqual(counters.send([message()], [minute, day], NOW + 200_000), ['RATE_LIMIT']);
  });

  it('say what happens and until when: refused before held before deferred', () => {
    const of = (...limits: Limit[]): [string | undefined, string | undefined, number | undefined] => {
      const rows = ['a', 'b'].map((id) => ({ id, message: message() }));
      const finding = countRows(countingsOf(rows, limits), new Map(), NOW).over.get('b');
      return [finding?.status, finding?.code, finding?.delayMs];
    };
    const one = { most: 1 } as const;
    const defer = limit({ ...one, over: 'defer' });
    const hold = limit({ ...one, over: 'hold', code: 'STORM', windowMs: 2 * MINUTE });
    assert.deepEqual(of(defer), ['NEW', 'RATE_LIMIT', 61_000]);
    assert.deepEqual(of(defer, limit({ ...one, over: 'defer', windowMs: 60 * MINUTE })), [
      'NEW',
      'RATE_LIMIT',
      61 * MINUTE,
    ]);
    assert.deepEqual(of(defer, hold), ['HELD', 'STORM', undefined]);
    assert.deepEqual(of(defer, hold, limit(one)), ['REJECTED', 'RATE_LIMIT', undefined]);
    const { text } = countRows(
      countingsOf(
        ['a', 'b'].map((id) => ({ id, message: message() })),
        [defer],
      ),
      new Map(),
      NOW,
    ).over.get('b')!;
    assert.equal(text.zh, '同一号码 1 分钟内最多 1 条，已达上限，推迟到 2026-11-26 12:02（北京时间）');
  });

  it('that differ only in their number share a counter, each with its own', () => {
    const counters = new Counters();
    const both = [limit({ most: 1, over: 'defer' }), limit({ most: 3, over: 'hold', code: 'STORM' })];
    const low = [limit({ most: 2, over: 'defer' }), limit({ most: 1, over: 'hold', code: 'STORM' })];
    assert.deepEqual(counters.send([message(), message()], both, NOW), ['ok', 'RATE_LIMIT']);
    assert.equal(standing(both[0]!, [...counters.pieces.values()][0] ?? [], NOW).used, 1);
    assert.deepEqual(new Counters().send([message(), message()], low, NOW), ['ok', 'STORM']);
  });

  it('spread what waits together', () => {
    const rows = Array.from({ length: 7 }, (_, i) => ({ id: String(i), message: message() }));
    const { over } = countRows(countingsOf(rows, [limit({ over: 'defer' })]), new Map(), NOW);
    assert.deepEqual(
      [...over.values()].map(({ delayMs = 0 }) => Math.round(delayMs / MINUTE)),
      [1, 1, 2, 2, 3],
    );
  });

  it('do not hold twice what a person has released, and count it all the same', () => {
    const brake = limit({ most: 1, over: 'hold', code: 'STORM' });
    const counters = new Counters();
    const sent = counters.send(
      [message(), message(), message({ overruled: new Set(['STORM']) }), message()],
      [brake],
      NOW,
    );
    assert.deepEqual(sent, ['ok', 'STORM', 'ok', 'STORM']);
    assert.equal(standing(brake, counters.pieces.get(subjectOf(brake, message())) ?? [], NOW).used, 2);
  });

  it('never let more than that through in any window, refuse none without need, and keep a bounded number of places', () => {
    const step = fc.tuple(fc.nat(20_000), fc.integer({ min: 1, max: 4 }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), fc.integer({ min: 1, max: 5 }), (steps, most) => {
        const counters = new Counters();
        const own = limit({ most });
        const sent: number[] = [];
        let now = NOW;
        for (const [wait, messages] of steps) {
          now += wait;
          const before = sent.length;
          const fates = counters.send(
            Array.from({ length: messages }, () => message()),
            [own],
            now,
          );
          for (const fate of fates) if (fate === 'ok') sent.push(now);
          const recent = sent.filter((at) => at > now - MINUTE).length;
          assert.ok(recent <= most, 'too many');
          // the window slides by a second, and the piece that it begins in counts whole
          const strict = sent.slice(0, before).filter((at) => at > now - MINUTE - 2000).length;
          if (strict + messages <= most) assert.ok(!fates.includes('RATE_LIMIT'), 'refused without need');
        }
        assert.ok(counters.size <= SLOTS);
      }),
      { numRuns: 300 },
    );
  });

  it('have room again when they say so', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(3000), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 9 }),
        (waits, most) => {
          const counters = new Counters();
          const own = limit({ most });
          let now = NOW;
          for (const wait of waits) {
            now += wait;
            counters.send([message()], [own], now);
          }
          const pieces = (): Piece[] => counters.pieces.get(subjectOf(own, message())) ?? [];
          const { roomAt } = standing(own, pieces(), now);
          if (roomAt === null) return;
          assert.deepEqual(counters.send([message()], [own], roomAt - 1001), ['RATE_LIMIT']);
          assert.deepEqual(counters.send([message()], [own], roomAt), ['ok']);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('keep neither phone nor text in their names', () => {
    const subject = subjectOf(limit({ per: 'text' }), message());
    assert.match(subject, /^[\w-]{16}$/);
    assert.notEqual(subject, subjectOf(limit(), message()));
    assert.notEqual(subjectOf(limit(), message()), subjectOf(limit({ categories: new Set(['CODE']) }), message()));
    assert.equal(
      subjectOf(limit(), message()),
      subjectOf(limit({ most: 9, over: 'defer' }), message()),
      'a changed limit keeps its counts',
    );
  });
});
