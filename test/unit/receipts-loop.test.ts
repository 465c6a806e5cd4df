import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Receipt, ReceiptRow } from '../../src/db/store.ts';
import { DaemonError, DbError } from '../../src/lib/errors.ts';
import { readReport } from '../../src/platform/wire.ts';
import { receiptPass, type ReceiptParts } from '../../src/receipts/loop.ts';
import { parkedPass, type ParkedParts } from '../../src/receipts/parked.ts';
import { openState, type State } from '../../src/state/open.ts';

const never = new AbortController().signal;
const isKind = (kind: string) => (error: unknown) =>
  (error instanceof DbError || error instanceof DaemonError) && error.kind === kind;
const phoneOf = (n: number): string => String(13000000000 + n);
const answer = (...records: string[]): Buffer => Buffer.from(`result=0&out=${records.join(';')};\r\n`);
const HOUR = 3_600_000;

describe('receipt passes', () => {
  let dir: string;
  let state: State;
  let rows: Map<string, { -readonly [K in keyof ReceiptRow]: ReceiptRow[K] }>;
  /** Serials with a submission record, with their late receipts. */
  let submits: Map<string, number>;
  let parked: (Receipt & { parkedId: string; ageMs: number })[];
  let answers: Buffer[];
  let fetches: number;
  let calls: { receiptRows: number; failFrom: number };
  let infos: { event: string; fields: Record<string, string | number> }[];
  let errors: string[];
  let parts: ReceiptParts & ParkedParts;

  const row = (id: number, over: Partial<ReceiptRow> = {}): void => {
    const serial = `s${id}`;
    rows.set(String(id), { id: String(id), serial, phone: phoneOf(id), status: 'SENT', receiptCode: null, ...over });
    submits.set(serial, 0);
  };
  const statusOf = (id: number): [string | undefined, string | null | undefined] => {
    const found = rows.get(String(id));
    return [found?.status, found?.receiptCode];
  };
  const pass = (): ReturnType<typeof receiptPass> => receiptPass(parts, never);
  const restart = (): void => {
    state.close();
    state = openState(dir);
    parts = { ...parts, state };
  };

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'yxt-receipts-'));
    state = openState(dir);
    rows = new Map();
    submits = new Map();
    parked = [];
    answers = [];
    fetches = 0;
    calls = { receiptRows: 0, failFrom: Infinity };
    infos = [];
    errors = [];
    parts = {
      state,
      dropAfterMs: 78 * HOUR,
      platform: {
        report: () => {
          fetches++;
          return Promise.resolve({ raw: answers.shift() ?? Buffer.from('result=0&out='), code: '0' });
        },
        readReport: (raw) => readReport(raw),
      },
      store: {
        receiptRows: (receipts) => {
          if (++calls.receiptRows >= calls.failFrom) return Promise.reject(new DbError('lost', { zh: '', en: 'gone' }));
          const wanted = new Set(receipts.map((r) => `${r.serial},${r.phone}`));
          return Promise.resolve(
            [...rows.values()].filter((r) => wanted.has(`${r.serial},${r.phone}`)).map((r) => ({ ...r })),
          );
        },
        applyReceipts: (changes) => {
          for (const { id, serial, code, to } of changes) {
            const found = rows.get(id);
            if (found?.serial !== serial) continue;
            found.receiptCode = code;
            found.status = to ?? found.status;
          }
          return Promise.resolve(changes.length);
        },
        countLateReceipts: (serials) => {
          const known = [...serials].filter(([serial]) => submits.has(serial));
          for (const [serial, count] of known) submits.set(serial, (submits.get(serial) ?? 0) + count);
          return Promise.resolve(new Set(known.map(([serial]) => serial)));
        },
        parkReceipts: (receipts) => {
          for (const r of receipts) parked.push({ ...r, parkedId: String(parked.length + 1), ageMs: 0 });
          return Promise.resolve();
        },
        parkedReceipts: (limit) => Promise.resolve(parked.slice(0, limit)),
        unparkReceipts: (ids) => {
          parked = parked.filter((r) => !ids.includes(r.parkedId));
          return Promise.resolve();
        },
      },
      log: {
        info: (event, _text, fields = {}) => infos.push({ event, fields }),
        error: (event, text, fields) => errors.push(JSON.stringify([event, text, fields])),
      },
    };
  });
  afterEach(() => {
    state.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('applies, keeps, counts and parks, and says so in one line', async () => {
    row(1);
    row(2);
    row(3, { status: 'SENDING' });
    row(4, { serial: 'later' });
    row(5, { status: 'NEW' });
    submits.set('s4', 0);
    answers = [
      answer(
        's1,13000000001,0',
        's2,8613000000002,1',
        's3,13000000003,0',
        's4,13000000004,0',
        's5,13000000005,0',
        's6,13000000006,1',
      ),
    ];
    assert.deepEqual(await pass(), { took: 6, more: false });
    assert.deepEqual([1, 2, 3, 4, 5].map(statusOf), [
      ['DELIVERED', '0'],
      ['UNDELIVERED', '1'],
      ['SENDING', '0'],
      ['SENT', null],
      ['NEW', null],
    ]);
    assert.deepEqual([submits.get('s4'), submits.get('s5')], [1, 1]);
    assert.deepEqual(
      parked.map((r) => r.serial),
      ['s6'],
    );
    assert.deepEqual(infos, [
      {
        event: 'receipts.batch',
        fields: { delivered: 1, undelivered: 1, kept: 1, repeated: 0, late: 2, parked: 1, unreadable: 0 },
      },
    ]);
    assert.deepEqual(state.spool.pending('report'), []);
    assert.deepEqual(await pass(), { took: 0, more: false });
    assert.equal(infos.length, 1, 'silence when nothing came');
  });

  it('keeps the answer when the database goes away in the middle, and goes on behind what was settled', async () => {
    const records = Array.from({ length: 1200 }, (_, i) => `old,${phoneOf(i)},0`);
    submits.set('old', 0);
    answers = [answer(...records)];
    calls.failFrom = 2;
    await assert.rejects(pass(), isKind('lost'));
    restart();
    await assert.rejects(pass(), isKind('lost'));
    assert.equal(fetches, 1, 'nothing is fetched while something waits to be settled');
    calls.failFrom = Infinity;
    assert.deepEqual(await pass(), { took: 1200, more: false });
    assert.equal(submits.get('old'), 1200, 'every late receipt counted once');
    assert.equal(fetches, 2);
    assert.deepEqual(state.spool.pending('report'), []);
  });

  it('has the raw answer on disk before it is read', async () => {
    row(1);
    answers = [answer('s1,13000000001,0')];
    const { platform } = parts;
    parts = {
      ...parts,
      platform: {
        ...platform,
        readReport: (raw) => {
          assert.deepEqual(
            state.spool.pending('report').map((s) => s.raw),
            [raw],
          );
          return platform.readReport(raw);
        },
      },
    };
    assert.equal((await pass()).took, 1);
  });

  it('fetches nothing when it could not be kept', async () => {
    state.close();
    state = openState(dir, { limits: { maxBytes: 1e9, minFreeBytes: Infinity } });
    parts = { ...parts, state };
    await assert.rejects(pass(), isKind('state'));
    assert.equal(fetches, 0);
    assert.deepEqual(await receiptPass(parts, AbortSignal.abort()), { took: 0, more: false });
  });

  it('a large answer makes it ask again at once', async () => {
    for (let i = 0; i < 100; i++) row(i);
    answers = [answer(...Array.from({ length: 100 }, (_, i) => `s${i},${phoneOf(i)},0`))];
    assert.deepEqual(await pass(), { took: 100, more: true });
  });

  it('quarantines what it cannot read, alarms once, and settles the rest', async () => {
    row(1);
    const odd = answer('s1,13000000001,0', 'nonsense', 's2,12345,0');
    answers = [odd, odd];
    await pass();
    await pass();
    assert.deepEqual(statusOf(1), ['DELIVERED', '0']);
    const [entry, ...others] = state.quarantine.list();
    assert.deepEqual([others, entry?.times], [[], 2]);
    assert.equal(state.quarantine.get(entry!.id)!.raw.toString(), 'nonsense;s2,12345,0');
    assert.equal(errors.length, 1);
    assert.doesNotMatch(errors[0]!, /nonsense|12345/);
  });

  it('gives an error code to the pace; an answer that is none is kept for a person', async () => {
    answers = [Buffer.from('result=11&description='), Buffer.from('<html>busy</html>')];
    await assert.rejects(pass(), (error) => isKind('failed')(error) && (error as DaemonError).facts['code'] === '11');
    assert.deepEqual(state.quarantine.list(), []);
    await assert.rejects(pass(), isKind('failed'));
    assert.equal(state.quarantine.list().length, 1);
    assert.deepEqual(state.spool.pending('report'), []);
  });

  it('matches parked receipts again, and drops them when they are too old', async () => {
    answers = [answer('s1,13000000001,0', 's2,13000000002,0', 's3,13000000003,0')];
    await pass();
    assert.equal(await parkedPass(parts), 0);
    row(1);
    parked = parked.map((r) => (r.serial === 's2' ? { ...r, ageMs: 79 * HOUR } : r));
    assert.equal(await parkedPass(parts), 2);
    assert.deepEqual(statusOf(1), ['DELIVERED', '0']);
    assert.deepEqual(
      parked.map((r) => r.serial),
      ['s3'],
    );
    assert.deepEqual(infos.at(-1), { event: 'receipts.parked', fields: { matched: 1, dropped: 1 } });
  });
});
