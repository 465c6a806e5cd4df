import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openStore } from '../../src/db/open.ts';
import type { RowStatus, Store } from '../../src/db/store.ts';
import { DaemonError, DbError, PlatformError } from '../../src/lib/errors.ts';
import { readReport } from '../../src/platform/wire.ts';
import { receiptPass, type ReceiptParts } from '../../src/receipts/loop.ts';
import { parkedRound, type ParkedParts } from '../../src/receipts/parked.ts';
import { openState, type State } from '../../src/state/open.ts';
import { type FreshDatabase, freshDatabase } from '../support/databases.ts';
import { type LogLine, recordedLog } from '../support/log.ts';
import { claimAll, type Mine, rowResult, submitOf, submitResult } from '../support/rows.ts';
import { temporaryDir } from '../support/temporary.ts';

const never = new AbortController().signal;
const isKind = (kind: string) => (error: unknown) =>
  (error instanceof DbError || error instanceof DaemonError) && error.kind === kind;
const phoneOf = (n: number): string => String(13000000000 + n);
const answer = (...records: string[]): Buffer => Buffer.from(`result=0&out=${records.join(';')};\r\n`);
const HOUR = 3_600_000;

describe('receipt passes', () => {
  let dir: string;
  let state: State;
  let db: FreshDatabase;
  let store: Store;
  let answers: (Buffer | Error)[];
  let fetches: number;
  let lines: LogLine[];
  let parts: ReceiptParts & ParkedParts;

  const events = (): string[] => lines.filter(({ level }) => level === 'error').map(({ event }) => event);

  /** Inserts, claims and opens rows with one submission each; phones are counted from `first`. */
  async function sending(count: number, first = 1): Promise<Mine[]> {
    const values = Array.from({ length: count }, (_, i) => phoneOf(first + i));
    await db.rawQuery(
      `insert into sms_outbox (phone, content) values ${values.map(() => `(?, 'x')`).join(', ')}`,
      values,
    );
    const mine = await claimAll(store, `idA.b1.${first}`);
    await store.open(mine.map(submitOf), 'idA.b1', 60_000);
    return mine;
  }

  /** The same, accepted by the platform. */
  async function sent(count: number, first = 1): Promise<Mine[]> {
    const mine = await sending(count, first);
    await store.settle(
      mine.map((m) => rowResult(m)),
      mine.map((m) => submitResult(m)),
    );
    return mine;
  }

  const set = (mine: Mine | undefined, assignment: string): Promise<unknown> =>
    db.rawQuery(`update sms_outbox set ${assignment} where id = ?`, [mine?.row.id ?? '']);
  const record = (mine: Mine | undefined, code: string): string => `${mine?.serial},${mine?.row.phone},${code}`;
  async function statuses(...mine: (Mine | undefined)[]): Promise<[RowStatus, string | null][]> {
    const rows = await store.rowsOf(mine.map((m) => m?.row.id ?? ''));
    return mine.map((m) => rows.find((row) => row.id === m?.row.id)).map((row) => [row!.status, row!.receiptCode]);
  }
  async function lateOf(mine: Mine | undefined): Promise<number> {
    return (await store.submitsOf([mine?.serial ?? '']))[0]?.lateReceipts ?? -1;
  }
  const parked = async (): Promise<unknown[]> =>
    (await db.rawQuery('select serial_no from sms_mw_receipt order by id')).map((row) => row['serial_no']);

  const pass = (): ReturnType<typeof receiptPass> => receiptPass(parts, never);
  const restart = (): void => {
    state.close();
    state = openState(dir);
    parts = { ...parts, state };
  };

  beforeEach(async () => {
    dir = temporaryDir();
    state = openState(dir);
    db = await freshDatabase('sqlite');
    store = await openStore(db.options);
    answers = [];
    fetches = 0;
    const recorded = recordedLog();
    lines = recorded.lines;
    parts = {
      inHand: [],
      mayFetch: () => Promise.resolve(true),
      state,
      store,
      log: recorded.log,
      dropAfterMs: 78 * HOUR,
      platform: {
        report: () => {
          fetches++;
          const next = answers.shift() ?? Buffer.from('result=0&out=');
          return next instanceof Error ? Promise.reject(next) : Promise.resolve({ raw: next, code: '0' });
        },
        readReport: (raw) => readReport(raw),
      },
    };
  });
  afterEach(async () => {
    state.close();
    await store.close();
    await db.drop();
  });

  it('applies, keeps, counts and parks, and says so in one line', async () => {
    const [delivered, undelivered, resent, reset] = await sent(4);
    const [early] = await sending(1, 5);
    await set(resent, `serial_no = 'a later one'`);
    await set(reset, `status = 'NEW'`);
    answers = [
      answer(
        record(delivered, '0'),
        record(undelivered, '1').replace('130', '86130'),
        record(early, '0'),
        record(resent, '0'),
        record(reset, '0'),
        'nobodys,13000000006,1',
      ),
    ];
    assert.deepEqual(await pass(), { took: 6, more: false });
    assert.deepEqual(await statuses(delivered, undelivered, early, resent, reset), [
      ['DELIVERED', '0'],
      ['UNDELIVERED', '1'],
      ['SENDING', '0'],
      ['SENT', null],
      ['NEW', null],
    ]);
    assert.deepEqual([await lateOf(resent), await lateOf(reset)], [1, 1]);
    assert.deepEqual(await parked(), ['nobodys']);
    const said = lines.map(({ event, text }) => [event, text]);
    const sentence =
      'receipts: 1 delivered, 1 not delivered, 1 ahead of the answer to their submission, 2 for an earlier submission, 1 without a row yet, parked';
    assert.deepEqual(said, [['receipts.batch', sentence]]);
    assert.deepEqual(state.spool.pending('report'), []);
    assert.deepEqual(await pass(), { took: 0, more: false });
    assert.equal(lines.length, 1, 'silence when nothing came');
  });

  it('names only what there was', async () => {
    const [early] = await sending(1);
    answers = [answer(record(early, '0'))];
    await pass();
    assert.equal(lines[0]?.text, 'receipts: 1 ahead of the answer to their submission');
  });

  it('keeps the answer when the database fails in the middle, and goes on behind what was settled', async () => {
    const [mine] = await sent(1);
    answers = [answer(...Array.from({ length: 1200 }, (_, i) => `${mine?.serial},${phoneOf(2 + i)},0`))];
    await db.rawQuery(`create trigger no_more before update on sms_mw_submit when new.late_receipts > 500
      begin select raise(abort, 'no'); end`);
    await assert.rejects(pass(), DbError);
    restart();
    await assert.rejects(pass(), DbError);
    assert.equal(fetches, 1, 'nothing is fetched while something waits to be settled');
    await db.rawQuery('drop trigger no_more');
    assert.deepEqual(await pass(), { took: 1200, more: false });
    assert.equal(await lateOf(mine), 1200, 'every late receipt counted once');
    assert.equal(fetches, 2);
    assert.deepEqual(state.spool.pending('report'), []);
  });

  it('has the raw answer on disk before it is read', async () => {
    const [mine] = await sent(1);
    answers = [answer(record(mine, '0'))];
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

  it('settles what it has, but fetches nothing while it is another daemon’s turn', async () => {
    const [one] = await sent(1);
    state.spool.put('report', Buffer.from(`result=0&out=${record(one, '0')};`));
    parts = { ...parts, mayFetch: () => Promise.resolve(false) };
    assert.deepEqual(await pass(), { took: 1, more: false });
    assert.equal(fetches, 0);
    assert.deepEqual(await statuses(one), [['DELIVERED', '0']]);
  });

  it('takes what is in hand into the database also when the disk has filled up meanwhile, and says that it has', async () => {
    const [mine] = await sent(1);
    answers = [answer(record(mine, '0'))];
    const { report } = parts.platform;
    const blocker = new DatabaseSync(join(dir, 'state.db'));
    parts = {
      ...parts,
      platform: {
        ...parts.platform,
        report: () => {
          // from now on the state file takes no write
          blocker.exec('begin immediate');
          return report();
        },
      },
    };
    await assert.rejects(pass(), isKind('state'));
    assert.deepEqual(await statuses(mine), [['DELIVERED', '0']]);
    blocker.close();
    assert.deepEqual(state.spool.pending('report'), []);
  });

  it('a large answer makes it ask again at once', async () => {
    const mine = await sent(100);
    answers = [answer(...mine.map((m) => record(m, '0')))];
    assert.deepEqual(await pass(), { took: 100, more: true });
  });

  it('quarantines what it cannot read, alarms once, and settles the rest', async () => {
    const [mine] = await sent(1);
    const odd = answer(record(mine, '0'), 'nonsense', 's2,12345,0');
    answers = [odd, odd];
    await pass();
    await pass();
    assert.deepEqual(await statuses(mine), [['DELIVERED', '0']]);
    const [entry, ...others] = state.quarantine.list();
    assert.deepEqual([others, entry?.times], [[], 2]);
    assert.equal(state.quarantine.get(entry!.id)!.raw.toString(), 'nonsense;s2,12345,0');
    assert.deepEqual(events(), ['receipts.unreadable']);
    assert.doesNotMatch(JSON.stringify(lines), /nonsense|12345/);
  });

  it('takes the whole records of an answer that broke off, keeps the torn one, and alarms about what may be missing', async () => {
    const [mine] = await sent(1);
    const cut = Buffer.from(`result=0&out=${record(mine, '0')};cut off: 2026112300000`);
    parts = {
      ...parts,
      platform: { ...parts.platform, report: () => Promise.resolve({ raw: cut, code: '0', cut: true }) },
    };
    await pass();
    assert.deepEqual(await statuses(mine), [['DELIVERED', '0']]);
    assert.deepEqual(events(), ['receipts.cut', 'receipts.unreadable']);
    const [entry] = state.quarantine.list();
    assert.equal(state.quarantine.get(entry!.id)!.raw.toString(), 'cut off: 2026112300000');
  });

  it('gives an error code to the pace', async () => {
    answers = [Buffer.from('result=11&description=')];
    await assert.rejects(pass(), (error) => isKind('failed')(error) && (error as DaemonError).facts['code'] === '11');
    assert.deepEqual(state.quarantine.list(), []);
    assert.deepEqual(state.spool.pending('report'), []);
  });

  it('keeps what came in place of an answer, says so once while it lasts, and not without limit', async () => {
    const page = (size: number, fill: string): PlatformError => {
      const error = new PlatformError('doubtful', { zh: '', en: 'no result=' });
      error.raw = Buffer.alloc(size, fill);
      return error;
    };
    answers = [page(10, 'a'), page(10, 'b'), answer(), page(9 * 2 ** 20, 'c'), page(9 * 2 ** 20, 'd')];
    await assert.rejects(pass(), PlatformError);
    await assert.rejects(pass(), PlatformError);
    assert.deepEqual(
      state.quarantine.list().map(({ kind, bytes }) => [kind, bytes]),
      [
        ['page', 10],
        ['page', 10],
      ],
    );
    await pass();
    assert.deepEqual(
      lines.map(({ event, level }) => [event, level]),
      [
        ['receipts.page', 'error'],
        ['receipts.page', 'info'],
      ],
    );
    await assert.rejects(pass(), PlatformError);
    await assert.rejects(pass(), PlatformError);
    assert.deepEqual(
      state.quarantine.list().map(({ bytes }) => bytes),
      [9 * 2 ** 20],
      'the oldest go first',
    );
  });

  it('does not read an answer that the disk has changed, and is not held up by it', async () => {
    const [mine] = await sent(1);
    state.spool.put('report', answer(record(mine, '1')));
    const other = new DatabaseSync(join(dir, 'state.db'));
    other.exec(`update spool set raw = cast(replace(cast(raw as text), ',1;', ',0;') as blob)`);
    other.close();
    await pass();
    assert.deepEqual(await statuses(mine), [['SENT', null]]);
    assert.deepEqual(events(), ['state.damaged']);
    assert.equal(state.quarantine.list()[0]?.reason, 'damaged');
    assert.deepEqual(state.spool.pending('report'), []);
    assert.equal(fetches, 1);
  });

  it('matches parked receipts again, however many, and drops those that are too old', async () => {
    const strangers = Array.from({ length: 700 }, (_, i) => `stranger${i},13000000009,0`);
    const [waiting] = await sending(1);
    await db.rawQuery('update sms_outbox set serial_no = null');
    await db.rawQuery('delete from sms_mw_submit');
    answers = [answer(...strangers, record(waiting, '0'))];
    await pass();
    await parkedRound(parts, never);
    assert.equal((await parked()).length, 701);

    await set(waiting, `serial_no = '${waiting?.serial}', status = 'SENT'`);
    await db.rawQuery(
      `update sms_mw_receipt set created_at = datetime('now', 'localtime', '-79 hours') where serial_no = 'stranger7'`,
    );
    await parkedRound(parts, never);
    assert.deepEqual(await statuses(waiting), [['DELIVERED', '0']]);
    assert.equal((await parked()).length, 699);
    const { event, matched, dropped } = lines.at(-1)!;
    assert.deepEqual([event, matched, dropped], ['receipts.parked', 1, 1]);
    await parkedRound(parts, AbortSignal.abort());
  });
});
