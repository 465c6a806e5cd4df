import assert from 'node:assert/strict';
import type { Deed, SqlCommand } from '../../src/db/operate-store.ts';
import type { RowStatus } from '../../src/db/store.ts';
import { DaemonError } from '../../src/lib/errors.ts';
import type { Text } from '../../src/lib/text.ts';
import { commandPass, type CommandParts } from '../../src/operate/commands.ts';
import { carryOut, DEEDS, survey } from '../../src/operate/deeds.ts';
import type { AuditEntry } from '../../src/state/audit.ts';
import { fakeClock } from '../support/clock.ts';
import { claimAll } from '../support/rows.ts';
import type { Fixture } from './fixture.ts';
import { withTrigger } from './triggers.ts';

const LEASE_MS = 60_000;

/** What people decide about rows: by command line, and by SQL alone. */
export function operateCases(f: Fixture): void {
  const statuses = async (where = '1 = 1'): Promise<string[]> =>
    (await f.db.rawQuery(`SELECT status FROM sms_outbox WHERE ${where} ORDER BY id`)).map((row) =>
      String(row['status']),
    );
  const idOf = async (where: string): Promise<string> =>
    String((await f.db.rawQuery(`SELECT CAST(id AS CHAR(20)) AS id FROM sms_outbox WHERE ${where}`))[0]?.['id']).trim();

  describe('decisions about rows', () => {
    const ways: readonly (readonly [Deed, RowStatus, RowStatus | null])[] = [
      ['CANCEL', 'NEW', 'CANCELLED'],
      ['RELEASE', 'HELD', 'NEW'],
      ['DISCARD', 'HELD', 'CANCELLED'],
      ['RETRY', 'FAILED', 'NEW'],
      ['PURGE', 'EXPIRED', null],
    ];
    for (const [deed, from, to] of ways) {
      it(`${deed} takes ${from} rows of the selection and no others`, async () => {
        for (const status of ['NEW', 'SENDING', 'HELD', 'SENT', 'DELIVERED', 'FAILED', 'EXPIRED']) {
          await f.insert(1, { status, biz_id: 'mine', result_code: 'X' });
        }
        await f.insert(2, { status: from, biz_id: 'other' });
        const done = await carryOut({ store: f.a, deed, selection: { bizId: 'mine', statuses: [from] } });
        assert.deepEqual(done, { changed: 1, mayDouble: 0, refused: [] });
        const before = ['NEW', 'SENDING', 'HELD', 'SENT', 'DELIVERED', 'FAILED', 'EXPIRED'];
        const after = before.map((status) => (status === from ? to : status)).filter((status) => status !== null);
        assert.deepEqual(await statuses("biz_id = 'mine'"), after);
        assert.deepEqual(await statuses("biz_id = 'other'"), [from, from]);
      });
    }

    it('narrows by number, category, code and age, all at once, in bites and across gaps', async () => {
      await f.insert(450, {
        status: 'HELD',
        category: 'CODE',
        result_code: 'STALE',
        created_at: '2026-01-01 00:00:00',
      });
      await f.insert(1, { status: 'HELD', category: 'CODE', result_code: 'STALE' });
      await f.insert(1, { status: 'HELD', category: 'CODE', result_code: 'STORM', created_at: '2026-01-01 00:00:00' });
      await f.insert(1, { status: 'HELD', result_code: 'STALE', created_at: '2026-01-01 00:00:00' });
      await f.insert(1, {
        id: 9_000_000,
        status: 'HELD',
        category: 'CODE',
        result_code: 'STALE',
        created_at: '2026-01-01 00:00:00',
      });
      const selection = { category: 'CODE', code: 'STALE', olderThanMs: 86_400_000, statuses: ['HELD'] } as const;
      assert.equal((await carryOut({ store: f.a, deed: 'DISCARD', selection })).changed, 451);
      assert.deepEqual((await statuses("status = 'HELD'")).length, 3);
      const ids = [await idOf("result_code = 'STORM'"), '8999999'];
      assert.equal(
        (await carryOut({ store: f.a, deed: 'RELEASE', selection: { ids, statuses: ['HELD'] } })).changed,
        1,
      );
    });

    it('names also the rows that have no code', async () => {
      await f.insert(2, { status: 'HELD' });
      await f.insert(1, { status: 'HELD', result_code: '' });
      await f.insert(1, { status: 'HELD', result_code: 'STORM' });
      const done = await carryOut({ store: f.a, deed: 'DISCARD', selection: { code: '', statuses: ['HELD'] } });
      assert.equal(done.changed, 3);
      assert.deepEqual(await statuses("status = 'HELD'"), ['HELD']);
    });

    it('goes no further than it was told, and from there on', async () => {
      await f.insert(450, { status: 'HELD', result_code: 'STORM' });
      const selection = { code: 'STORM', statuses: ['HELD'] } as const;
      const first300 = await survey(f.a, selection, { shown: 0, most: 300 });
      assert.deepEqual(first300, { count: 300, mayDouble: 0, rows: [], causes: [{ code: 'STORM', rows: 300 }] });
      assert.equal((await survey(f.a, selection, { shown: 0 })).count, 450);
      const first = await carryOut({ store: f.a, deed: 'DISCARD', selection, most: 250 });
      assert.equal(first.changed, 250);
      assert.equal((await statuses("status = 'HELD'")).length, 200);
      const rest = await carryOut({ store: f.a, deed: 'DISCARD', selection, most: 250, after: first.next ?? null });
      assert.deepEqual([rest.changed, rest.next], [200, undefined]);
    });

    it('looks again at what has moved on since it was picked', async () => {
      await f.insert(2, { status: 'HELD' });
      const { rows } = await f.a.pickRows({ statuses: ['HELD'] }, '0', 10);
      await f.set(rows[0]?.id ?? '', "status = 'CANCELLED'");
      const ids = rows.map(({ id }) => id);
      assert.equal(await f.a.decide('RELEASE', ids, ['HELD']), 1);
      assert.deepEqual(await statuses(), ['CANCELLED', 'NEW']);
    });

    it('tells what may reach a citizen twice: an unknown outcome, not what an edited row gave up', async () => {
      const unknown = await f.settled({ status: 'HELD', code: 'OUTCOME_UNKNOWN' }, { state: 'HELD' });
      const edited = await f.settled({ status: 'HELD', code: 'EDITED' }, { state: 'ACCEPTED' });
      await f.insert(1, { status: 'HELD', result_code: 'STORM' });
      const { rows } = await f.a.pickRows({ statuses: ['HELD'] }, '0', 10);
      const doubles = new Map(rows.map((row) => [row.id, row.mayDouble]));
      assert.deepEqual([doubles.get(unknown.row.id), doubles.get(edited.row.id), doubles.size], [true, false, 3]);
      const done = await carryOut({ store: f.a, deed: 'RELEASE', selection: { statuses: ['HELD'] } });
      assert.deepEqual([done.changed, done.mayDouble], [3, 1]);
    });

    it('sends a released row as one that a person has put back: at once, of no age, under a fresh serial', async () => {
      const held = await f.settled({ status: 'HELD', code: '20' }, { state: 'HELD' });
      await f.set(held.row.id, "retry_at = '2099-01-01 00:00:00', created_at = '2026-01-01 00:00:00'");
      await carryOut({ store: f.a, deed: 'RELEASE', selection: { ids: [held.row.id], statuses: ['HELD'] } });
      const [row] = await f.a.candidates({ priority: 5, limit: 10, timed: false, spread: 1 });
      assert.deepEqual([row?.id, row?.requeued, row?.prevSerial], [held.row.id, false, held.serial]);
      assert.ok(row && row.ageMs < 60_000, String(row?.ageMs));
      const [mine] = await claimAll(f.a, 'idA.b1.2');
      assert.notEqual(mine?.serial, held.serial);
    });

    it('leaves aside single rows that the database refuses to have changed', async () => {
      const no = await f.insertWithOne({ status: 'HELD' });
      await withTrigger(
        f,
        { on: 'sms_outbox', at: 'BEFORE UPDATE', when: "NEW.biz_id = 'no'", then: null },
        async () => {
          const done = await carryOut({ store: f.a, deed: 'DISCARD', selection: { statuses: ['HELD'] } });
          assert.deepEqual([done.changed, done.refused], [19, [no]]);
        },
      );
    });
  });

  describe('commands by SQL', () => {
    const said: [string, Text, SqlCommand][] = [];
    const audited: AuditEntry[] = [];
    const switched: string[] = [];
    beforeEach(() => {
      for (const list of [said, audited, switched]) list.length = 0;
    });
    let owners = 0;
    const parts = (given: Partial<CommandParts> = {}): CommandParts => ({
      ...{ store: f.a, clock: fakeClock(), locale: 'en', instance: 'node-1' },
      nextOwner: () => `idA.b1.c${++owners}`,
      pause: (reason) => Promise.resolve(switched.push(`pause ${reason ?? ''}`) > 0),
      resume: () => Promise.resolve(switched.push('resume') > 0),
      onNew: () => void switched.push('new'),
      audit: (entry) => void audited.push(entry),
      log: (text, command) => void said.push([command.command, text, command]),
      ...given,
    });
    const running = new AbortController().signal;
    const give = async (command: string, more: Record<string, string | number> = {}): Promise<void> => {
      const columns = ['command', ...Object.keys(more)];
      const values = [command, ...Object.values(more)];
      await f.db.rawQuery(
        `INSERT INTO sms_mw_command (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
        values,
      );
    };
    const answers = async (): Promise<string[]> =>
      (await f.db.rawQuery('SELECT status, result, done_at FROM sms_mw_command ORDER BY id')).map((row) => {
        assert.equal(row['done_at'] !== null, row['status'] === 'DONE' || row['status'] === 'FAILED');
        return `${String(row['status'])} ${String(row['result'])}`;
      });
    const obey = async (given: Partial<CommandParts> = {}): Promise<string[]> => {
      await commandPass(parts(given), running);
      return answers();
    };

    it('costs an idle daemon no statement: the look that it takes anyway tells', async () => {
      const look = { recover: true, channel: 'main', aliveMs: 1000 };
      assert.equal((await f.a.probe(look)).commands, false);
      await give('PAUSE');
      assert.equal((await f.a.probe(look)).commands, true);
      assert.equal((await f.a.probe({ ...look, recover: false })).commands, false);
      await obey();
      assert.equal((await f.a.probe(look)).commands, false);
    });

    it('pauses and resumes, in order, with the reason', async () => {
      await give('pause ', { reason: '停电' });
      await give('RESUME');
      assert.deepEqual(await obey(), ['DONE sending is paused', 'DONE sending is resumed']);
      assert.deepEqual(switched, ['pause 停电', 'resume']);
    });

    it('cancels, releases, discards and sends again, and says how many', async () => {
      for (const status of ['NEW', 'SENDING', 'HELD', 'FAILED', 'DELIVERED'])
        await f.insert(2, { status, category: 'CARD' });
      await f.insert(1, { status: 'HELD', biz_id: 'b1' });
      await give('CANCEL', { category: 'CARD' });
      await give('DISCARD', { biz_id: 'b1' });
      await give('RELEASE', { category: 'CARD' });
      await give('RETRY', { category: 'CARD' });
      assert.deepEqual(await obey({ locale: 'zh-CN' }), [
        'DONE 已取消 2 行；2 行正在发送，来不及',
        'DONE 已弃发 1 行',
        'DONE 已放行 2 行',
        'DONE 已置为重发 2 行',
      ]);
      const [a, b, c] = ['CANCELLED', 'SENDING', 'NEW'];
      assert.deepEqual(await statuses(), [a, a, b, b, c, c, c, c, 'DELIVERED', 'DELIVERED', a]);
      assert.deepEqual(switched, ['new', 'new']);
    });

    it('says that a row of unknown outcome may double', async () => {
      const held = await f.settled({ status: 'HELD', code: 'OUTCOME_UNKNOWN' }, { state: 'HELD' });
      await give('RELEASE', { row_id: held.row.id });
      assert.match(
        (await obey())[0] ?? '',
        /^DONE 1 row released; 1 row of these may have gone out before: the citizen may get it twice$/,
      );
    });

    it('says what is wrong with a command, and does nothing', async () => {
      await f.insert(1, { status: 'SENT' });
      const id = await idOf("status = 'SENT'");
      await give('CANCEL');
      await give('DELETE', { row_id: id });
      await give('PAUSE', { row_id: id });
      await give('RELEASE', { row_id: id });
      await give('CANCEL', { row_id: 999 });
      await give('DISCARD', { category: 'NONE' });
      await give('PAUSE', { created_at: '2026-01-01 00:00:00' });
      await give('PAUSE', { created_at: '2026-01-01 00:00:00', instance: 'gone' });
      assert.deepEqual(
        (await obey()).map((answer) => answer.replace(/\d+ d( \d+ h)?/, 'long')),
        [
          'FAILED CANCEL wants row_id, biz_id or category',
          'FAILED unknown command DELETE; there are: PAUSE, RESUME, CANCEL, RELEASE, DISCARD, RETRY',
          'FAILED PAUSE is about the whole channel: leave row_id, biz_id and category empty',
          `FAILED row ${id} is SENT by now and none of HELD: too late, or not meant for it`,
          'FAILED there is no row 999',
          'FAILED no row matches (HELD)',
          'FAILED inserted long ago: what is older than 24 hours is not carried out; if it is still wanted, insert it again',
          'FAILED no daemon gone has come for it in long: check instance and insert it again',
        ],
      );
      assert.deepEqual([switched, await statuses()], [[], ['SENT']]);
    });

    it('is for the daemon that it names, and for one only', async () => {
      await give('PAUSE', { instance: 'node-2' });
      assert.deepEqual(await obey(), ['NEW null']);
      await Promise.all([obey({ instance: 'node-2' }), obey({ store: f.b, instance: 'node-2' })]);
      assert.deepEqual(switched, ['pause ']);
    });

    it('is gone on with where a daemon died in the middle, and no row is put back twice', async () => {
      await f.insert(3, { status: 'FAILED', category: 'CARD' });
      await give('RETRY', { category: 'CARD' });
      const died = await f.a.takeCommand('idX.b1.c1', 'node-1', LEASE_MS, 1e9);
      assert.ok(died);
      const first = await idOf("status = 'FAILED' AND id = (SELECT MIN(id) FROM sms_outbox)");
      const fence = { command: died.id, owner: 'idX.b1.c1', leaseMs: LEASE_MS };
      assert.equal(await f.a.decide('RETRY', [first], ['FAILED'], fence), 1);
      assert.deepEqual(await obey({ store: f.b }), ['RUNNING null'], 'not before its lease is over');
      // sent and refused again meanwhile
      await f.set(first, "status = 'FAILED'");
      await f.db.rawQuery("UPDATE sms_mw_command SET lease_until = '2026-01-01 00:00:00'");
      assert.deepEqual(await obey({ store: f.b }), ['DONE 3 rows to be sent again']);
      assert.deepEqual(await statuses(), ['FAILED', 'NEW', 'NEW']);
      const late = f.a.decide('RETRY', [first], ['FAILED'], fence);
      await assert.rejects(late, (error: unknown) => error instanceof DaemonError && error.kind === 'fenced');
      assert.deepEqual(await statuses(), ['FAILED', 'NEW', 'NEW'], 'rolled back');
      assert.equal(await f.a.endCommand(died.id, 'idX.b1.c1', 'DONE', 'x'), false);
    });

    it('does not open the channel by a command of before the last word, whose daemon died', async () => {
      await give('RESUME');
      assert.ok(await f.a.takeCommand('idX.b1.c1', 'node-1', LEASE_MS, 1e9));
      await give(' pause');
      assert.deepEqual(await obey(), ['RUNNING null', 'DONE sending is paused']);
      await f.db.rawQuery("UPDATE sms_mw_command SET lease_until = '2026-01-01 00:00:00' WHERE status = 'RUNNING'");
      assert.match((await obey())[0] ?? '', /^FAILED somebody has paused or resumed since it was inserted/);
      assert.deepEqual(switched, ['pause ']);
    });

    it('goes on with a pause whose daemon died, where nothing was said since', async () => {
      await give('PAUSE');
      assert.ok(await f.a.takeCommand('idX.b1.c1', 'node-1', LEASE_MS, 1e9));
      await f.db.rawQuery("UPDATE sms_mw_command SET lease_until = '2026-01-01 00:00:00'");
      assert.deepEqual(await obey(), ['DONE sending is paused']);
    });

    it('does not overrule what was said elsewhere since it was written', async () => {
      await give('RESUME');
      assert.match(
        (await obey({ resume: () => Promise.resolve(false) }))[0] ?? '',
        /^FAILED somebody has paused or resumed since it was inserted .*insert it again$/,
      );
      assert.match(audited[0]?.facts['result']?.toString() ?? '', /^FAILED/);
    });

    it('lets a pause through while many rows are being changed', async () => {
      await f.insert(250, { status: 'NEW', category: 'CARD' });
      await give('CANCEL', { category: 'CARD' });
      await give('PAUSE');
      const clock = fakeClock();
      const audit = (entry: AuditEntry): void => void audited.push(entry);
      await obey({ clock: { ...clock, mono: () => (clock.advance(6000), clock.mono()) }, audit });
      assert.deepEqual(
        audited.map(({ action }) => action),
        ['pause', 'cancel'],
      );
    });

    it('is audited with who gave it and what came of it', async () => {
      await give('CANCEL', { row_id: 999, reason: 'wrong list', created_by: 'zhang' });
      await obey();
      const [{ who, action, facts } = { who: '', action: '', facts: {} }] = audited;
      assert.deepEqual(
        [who, action, facts['rowId'], facts['reason'], facts['result']],
        [...['sql:zhang', 'cancel', '999', 'wrong list', 'FAILED there is no row 999']],
      );
      assert.deepEqual(
        said.map(([command]) => command),
        ['CANCEL'],
      );
    });

    it('is forgotten in time', async () => {
      await give('PAUSE');
      await give('PAUSE');
      await obey();
      await give('PAUSE');
      await f.db.rawQuery("UPDATE sms_mw_command SET done_at = '2026-01-01 00:00:00' WHERE status = 'DONE'");
      assert.equal(await f.a.prune(30, 30, 100), 2);
      assert.deepEqual(await answers(), ['NEW null']);
    });
  });

  it('every deed has statuses to take a row from', () => {
    for (const { from, usually } of Object.values(DEEDS)) assert.ok(usually.every((status) => from.includes(status)));
  });
}
