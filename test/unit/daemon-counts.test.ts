import assert from 'node:assert/strict';
import { Counters } from '../../src/daemon/counters.ts';
import { Hours } from '../../src/daemon/hours.ts';
import { Loops } from '../../src/daemon/loops.ts';
import { watched } from '../../src/db/watched.ts';
import { DuplicateKey, failure } from '../../src/db/failure.ts';
import type { Engine } from '../../src/db/dialect.ts';
import { raw } from '../../src/db/sql.ts';
import { kept } from '../../src/http/kept.ts';
import { problemsOf } from '../../src/http/problems.ts';
import { PlatformError } from '../../src/lib/errors.ts';
import type { Platform } from '../../src/platform/platform.ts';
import { timed } from '../../src/platform/timed.ts';
import { fakeClock } from '../support/clock.ts';

describe('hours', () => {
  it('begin and end with those of the database’s clock', () => {
    const clock = fakeClock();
    const counters = new Counters(clock);
    counters.sent(9); // before the database has been asked for the time: nobody knows which hour that is
    counters.day('2026-11-26 08:59:59.000');
    counters.sent(1);
    clock.advance(999);
    counters.settled(new Map([['SENT', 2], ['FAILED', 1]])); // prettier-ignore
    clock.advance(1);
    counters.sent(4);
    clock.advance(15 * 3_600_000);
    counters.sent(8); // the day is over, and the database not asked again yet
    counters.day('2026-11-27 00:00:00.500');
    counters.receipts({ delivered: 3, undelivered: 0, kept: 0, repeated: 5, late: 0, parked: 0, unreadable: 0 });
    counters.receipts({ delivered: 0, undelivered: 0, kept: 0, repeated: 1, late: 0, parked: 0, unreadable: 0 });
    const found = counters.hours.unwritten().map((h) => [h.hour, h.sent, h.refused, h.delivered]);
    assert.deepEqual(found, [
      ['2026-11-26 08', 3, 1, 0],
      ['2026-11-26 09', 4, 0, 0],
      ['2026-11-26 23', 8, 0, 0],
      ['2026-11-27 00', 0, 0, 3],
    ]);
  });

  it('are written until nothing has changed since, with all that was counted in them', () => {
    const hours = new Hours();
    hours.add('2026-11-26 08', { sent: 1 });
    hours.add('2026-11-26 09', { sent: 2 });
    const first = hours.unwritten();
    hours.add('2026-11-26 09', { sent: 3 }); // while they are being written
    hours.written(first);
    const second = hours.unwritten();
    assert.deepEqual(second.map(({ hour, sent }) => [hour, sent]), [['2026-11-26 09', 5]]); // prettier-ignore
    hours.written(second);
    assert.deepEqual(hours.unwritten(), []);
    hours.add('2026-11-26 09', { undelivered: 1 });
    assert.deepEqual(hours.unwritten(), [{ hour: '2026-11-26 09', sent: 5, delivered: 0, undelivered: 1, refused: 0 }]);
  });
});

describe('loops', () => {
  it('hang when a pass never comes back, not when they have nothing to do', async () => {
    const clock = fakeClock();
    const loops = new Loops(clock);
    const signal = new AbortController().signal;
    const quick = loops.watched('inbox', () => Promise.resolve(5000));
    assert.equal(await quick(signal), 5000);
    await assert.rejects(loops.watched('receipts', () => Promise.reject(new Error('no')))(signal));
    let end = (): void => undefined;
    const slow = loops.watched('claim', () => new Promise((done) => (end = () => done(0))))(signal);
    clock.advance(599_000);
    assert.deepEqual(loops.hung(), []);
    clock.advance(2000);
    assert.deepEqual(loops.hung(), ['claim']);
    end();
    await slow;
    assert.deepEqual(loops.hung(), []);
  });
});

describe('calls of the platform', () => {
  it('are told with their code, or with what went wrong, and the time they took', async () => {
    const told: string[] = [];
    let seconds = -1;
    const doubtful = new PlatformError('doubtful', { zh: '', en: '' });
    const platform = {
      send: () => Promise.resolve({ code: '0' }),
      report: () => Promise.reject(doubtful),
      balance: () => Promise.reject(new TypeError('bug')),
    } as unknown as Platform;
    const watching = timed(platform, (kind, result, took) => {
      told.push(`${kind} ${result}`);
      seconds = took;
    });
    await watching.send({ serial: '1', text: 'x', phones: [], extNo: null, templateId: null });
    await assert.rejects(watching.report(), doubtful);
    await assert.rejects(watching.balance(), TypeError);
    assert.deepEqual(told, ['send 0', 'report doubtful', 'balance error']);
    assert.ok(seconds >= 0 && seconds < 1);
  });
});

describe('a watched engine', () => {
  it('tells of what fails, and not of a key that is there already', async () => {
    const errors = [failure('lost', new Error('x')), new DuplicateKey(new Error('y')), failure('timeout', null)];
    const engine = {
      all: () => Promise.reject(errors[0]!),
      run: () => Promise.reject(errors[1]!),
      tx: () => Promise.reject(errors[2]!),
      insert: () => Promise.resolve('7'),
    } as unknown as Engine;
    const told: string[] = [];
    const seen = watched(engine, (kind) => void told.push(kind));
    await assert.rejects(seen.all(raw('SELECT 1')), errors[0]);
    await assert.rejects(seen.run(raw('SELECT 1')), errors[1]);
    await assert.rejects(seen.tx(() => Promise.resolve()), errors[2]); // prettier-ignore
    assert.equal(await seen.insert(raw('SELECT 1')), '7');
    assert.deepEqual(told, ['lost', 'timeout']);
  });
});

describe('figures that are kept', () => {
  it('are asked once for all who want them at a time, and a failure is not kept', async () => {
    const clock = fakeClock();
    let asked = 0;
    let fails = false;
    const figure = kept(clock, 3000, async () => {
      asked++;
      await Promise.resolve();
      if (fails) throw new Error('gone');
      return asked;
    });
    assert.deepEqual(await Promise.all([figure(), figure(), figure()]), [1, 1, 1]);
    clock.advance(2999);
    assert.equal(await figure(), 1);
    clock.advance(1);
    fails = true;
    await assert.rejects(figure(), /gone/);
    fails = false;
    assert.equal(await figure(), 3);
  });
});

describe('problems', () => {
  it('are grouped by cause: who waits for a person first, then the most frequent; each with a remedy', () => {
    const row = (
      id: number,
      status: 'HELD' | 'FAILED' | 'UNDELIVERED' | 'UNKNOWN',
      code: string,
      receipt?: string,
    ) => ({
      ...{ id: String(id), status, code, receiptCode: receipt ?? null },
    });
    const rows = [
      ...[1, 2, 3].map((id) => row(id, 'FAILED', '6')),
      row(4, 'UNDELIVERED', '0', 'UNDELIV'),
      row(9, 'HELD', 'STORM'),
      row(10, 'HELD', 'STORM'),
      row(5, 'UNKNOWN', '0'),
      row(6, 'UNKNOWN', '15'),
    ];
    const problems = problemsOf(rows, 3);
    assert.deepEqual(
      problems.map(({ status, code, rows, ids }) => [status, code, rows, ids.join(' ')]),
      [
        ['HELD', 'STORM', 2, '10 9'],
        ['FAILED', '6', 3, '3 2 1'],
        ['UNKNOWN', '', 2, '6 5'],
        ['UNDELIVERED', 'UNDELIV', 1, '4'],
      ],
    );
    assert.ok(problems.every(({ more }) => !more));
    const cut = problemsOf(rows, 2).map(({ more }) => more);
    assert.deepEqual(cut, [true, false, false, false], 'there may be more that are held');
    const [byHand] = problemsOf([row(1, 'HELD', '')], 9);
    assert.match(byHand?.remedy.en ?? '', /set status to HELD by hand/);
    for (const { meaning, remedy } of problems) for (const text of [meaning, remedy]) assert.ok(text.zh && text.en);
  });
});
