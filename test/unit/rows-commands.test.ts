import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FreshDatabase, freshDatabase } from '../support/databases.ts';
import { temporaryDir } from '../support/temporary.ts';
import { yxt, type Said } from '../support/yxt.ts';
import { writeConfig } from '../support/config-file.ts';

/** Without a daemon: they work on the tables. */
describe('held, release, discard, retry, cancel, purge', () => {
  let dir: string;
  let db: FreshDatabase;
  const config = (): string => join(dir, 'config.yaml');
  const call = (...argv: string[]): Promise<Said> => yxt([...argv, '--config', config()]);
  const insert = (status: string, more = ''): Promise<unknown> =>
    db.rawQuery(
      `insert into sms_outbox (phone, content, status, category, result_code, result_text, serial_no)
       values ('13000000001', 'secret text', '${status}', 'CARD', ${more || "'STORM', 'too many', null"})`,
    );
  const statuses = async (): Promise<string[]> =>
    (await db.rawQuery('select status from sms_outbox order by id')).map((row) => String(row['status']));
  const audited = (): string[] =>
    readFileSync(join(dir, 'state/audit.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => {
        const { action, facts } = JSON.parse(line) as { action: string; facts: Record<string, unknown> };
        return `${action} ${String(facts['changed'])}`;
      });

  beforeEach(async () => {
    dir = temporaryDir();
    db = await freshDatabase('sqlite');
    const values = { 'database.connection': db.options.connection };
    writeConfig(dir, values);
  });
  afterEach(async () => {
    await db.drop();
  });

  it('lists what is held, with the reason and without text or whole number', async () => {
    assert.deepEqual(await call('held'), { code: 0, out: 'no row waits for a person', err: '' });
    await insert('HELD');
    await insert('HELD', "'OUTCOME_UNKNOWN', 'no answer', '20261123000000000001'");
    await insert('NEW');
    const { code, out } = await call('held');
    assert.equal(code, 0);
    assert.match(out, /^1 +130\*\*\*\*0001 +CARD +HELD .*STORM too many$/m);
    assert.match(out, /^2 .*OUTCOME_UNKNOWN \(may double\) no answer$/m);
    assert.equal((await call('held', '--code', 'NONE')).out, 'no row matches (HELD)');
    assert.match(out, /^by cause \(--code\): STORM 1, OUTCOME_UNKNOWN 1$/m);
    assert.doesNotMatch(out, /13000000001|secret text|^3 /m);
    const told = JSON.parse((await call('--json', 'held', '--code', 'STORM')).out) as { count: number; rows: object[] };
    assert.deepEqual([told.count, told.rows.length], [1, 1]);
  });

  it('releases and discards, by number and by filter, and writes it down', async () => {
    for (let i = 0; i < 4; i++) await insert('HELD');
    assert.match((await call('release', '--id', '1', '2', '--dry-run')).out, /^2 .*HELD/m);
    assert.deepEqual(await statuses(), ['HELD', 'HELD', 'HELD', 'HELD']);
    assert.equal((await call('release', '--id', '1', '2')).out, '2 rows released');
    assert.equal((await call('discard', '--code', 'STORM', '--category', 'CARD')).out, '2 rows discarded');
    assert.deepEqual(await statuses(), ['NEW', 'NEW', 'CANCELLED', 'CANCELLED']);
    assert.deepEqual(audited(), ['release 2', 'discard 2']);
    const { out } = await call('audit', 'verify');
    assert.equal(out, '2 lines, all as written');
    assert.match((await call('audit', 'list', '--last', '1')).out, /^2 +2\S+ \S+ +os:\S+.* +discard +.*changed=2$/m);
  });

  it('takes those of which nobody has said why by -, as the list of causes names them', async () => {
    for (const code of ["'STORM'", 'null', "''"]) await insert('HELD', `${code}, null, null`);
    assert.match((await call('held')).out, /^by cause \(--code\): - 2, STORM 1$/m);
    assert.equal((await call('discard', '--code', '-')).out, '2 rows discarded');
    assert.deepEqual(await statuses(), ['HELD', 'CANCELLED', 'CANCELLED']);
    assert.match((await call('audit', 'list')).out, /discard +code=- statuses=HELD changed=2$/m);
  });

  it('lists the audit log by the clock of the wall, and for programs by that of the world', async () => {
    await insert('HELD');
    await call('release', '--id', '1');
    const zone = process.env['TZ'];
    process.env['TZ'] = 'Asia/Shanghai';
    try {
      const { out } = await call('audit', 'list');
      const { entries } = JSON.parse((await call('--json', 'audit', 'list')).out) as { entries: { at: string }[] };
      const [{ at } = { at: '' }] = entries;
      assert.match(at, /^2\d{3}-\d\d-\d\dT[\d:.]+Z$/);
      const there = new Date(Date.parse(at) + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
      assert.match(out, new RegExp(`^number +when +who +what +about what\n1 +${there} +os:`));
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });

  it('releases what may double only when told so twice', async () => {
    await insert('HELD', "'OUTCOME_UNKNOWN', 'no answer', '20261123000000000001'");
    const { code, out } = await call('release', '--id', '1');
    assert.equal(code, 1);
    assert.match(
      out,
      /1 row of these may have gone out before: the citizen may get it twice\nnothing was done; .*--yes$/,
    );
    assert.deepEqual(await statuses(), ['HELD']);
    assert.match((await call('release', '--id', '1', '--yes')).out, /^1 row released; 1 row of these may/);
    assert.deepEqual(await statuses(), ['NEW']);
  });

  it('sends again what reached nobody, and what did only where it is named', async () => {
    for (const status of ['FAILED', 'REJECTED', 'DELIVERED', 'SENT']) await insert(status);
    assert.equal((await call('retry', '--category', 'CARD')).out, '2 rows to be sent again');
    assert.deepEqual(await statuses(), ['NEW', 'NEW', 'DELIVERED', 'SENT']);
    assert.equal((await call('retry', '--id', '3')).code, 1, 'may double');
    assert.equal((await call('retry', '--status', 'delivered', '--yes')).code, 0);
    assert.deepEqual(await call('retry', '--id', '4', '--yes'), {
      ...{ code: 1, err: '' },
      out: 'no row matches (DELIVERED, UNDELIVERED, UNKNOWN, FAILED, REJECTED, EXPIRED, CANCELLED)',
    });
    assert.deepEqual(await statuses(), ['NEW', 'NEW', 'NEW', 'SENT']);
  });

  it('cancels what waits, and deletes what has ended when told so', async () => {
    for (const status of ['NEW', 'SENDING', 'FAILED', 'SENT', 'HELD']) await insert(status);
    assert.equal((await call('cancel', '--category', 'CARD')).out, '1 row cancelled');
    assert.match((await call('purge', '--older-than', '0s')).out, /nothing was deleted; to delete them add --yes$/);
    await db.rawQuery("update sms_outbox set created_at = '2026-01-01 00:00:00' where status = 'CANCELLED'");
    assert.equal((await call('purge', '--older-than', '1d', '--yes')).out, '1 row deleted');
    assert.deepEqual(await statuses(), ['SENDING', 'FAILED', 'SENT', 'HELD']);
  });

  it('wants to know which rows', async () => {
    for (const name of ['release', 'discard', 'retry', 'cancel', 'purge']) {
      const { code, err } = await call(name);
      assert.equal(code, 2);
      const status = name === 'retry' || name === 'purge' ? '--status' : '--code';
      assert.match(err, new RegExp(`${name} wants to know which rows: --id, .*${status} or --older-than$`));
    }
    assert.equal((await call('retry', '--status', 'SENT', '--id', '1')).code, 2);
    assert.equal((await call('release', '--id', '1x')).code, 2);
    assert.equal((await call('purge', '--older-than', 'long', '--yes')).code, 2);
  });

  it('says which line of the audit log was altered', async () => {
    await insert('HELD');
    await insert('HELD');
    await call('release', '--id', '1');
    await call('release', '--id', '2');
    const file = join(dir, 'state/audit.jsonl');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"ids":"1"', '"ids":"9"'));
    const { code, out } = await call('audit', 'verify');
    assert.equal(code, 1);
    assert.match(out, /line 1 was altered/);
  });
});
