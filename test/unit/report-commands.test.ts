import assert from 'node:assert/strict';
import {} from 'node:fs';
import { join } from 'node:path';
import { csv } from '../../src/cli/csv.ts';
import type { Locale } from '../../src/lib/text.ts';
import { type FreshDatabase, freshDatabase } from '../support/databases.ts';
import { temporaryDir } from '../support/temporary.ts';
import { type Said, yxt as commandLine } from '../support/yxt.ts';
import { writeConfig } from '../support/config-file.ts';

describe('reports and housekeeping by hand', () => {
  let dir: string;
  let db: FreshDatabase;

  before(async () => {
    dir = temporaryDir();
    db = await freshDatabase('sqlite');
    const values = { 'database.connection': db.options.connection, 'billing.plan': 300, 'housekeeping.keepDays': 3650 };
    writeConfig(dir, values);
    const rows: [string, string, string, string, number, string][] = [
      ['13800130001', 'NOTICE', 'DELIVERED', 'SMS', 3, '2026-03-01 10:00:00'],
      ['18600130001', 'NOTICE', 'UNKNOWN', 'SMS', 1, '2026-03-31 23:59:50'],
      ['18600130002', '=1+1', 'DELIVERED', 'EXIN', 1, '2026-03-02 10:00:00'],
      ['18600130003', 'CODE', 'REJECTED', 'SMS', 1, '2026-03-02 10:00:00'],
      ['18600130004', 'CODE', 'DELIVERED', 'SMS', 1, '2026-04-01 00:00:00'],
    ];
    for (const [phone, category, status, type, parts, at] of rows) {
      await db.rawQuery(
        `insert into sms_outbox (phone, phone_norm, content, category, status, msg_type, segments, created_at, sent_at, receipt_at)
          values (?, ?, 'x', ?, ?, ?, ?, ?, datetime(?, '+4 seconds'), datetime(?, '+64 seconds'))`,
        [
          ...[phone, phone, category, status, type, parts, at],
          status === 'REJECTED' ? null : at,
          status === 'DELIVERED' ? at : null,
        ],
      );
    }
    for (const [day, messages] of [
      ['2026-03-01', 1000],
      ['2026-03-02', 996],
    ] as const) {
      await db.rawQuery('insert into sms_mw_balance (balance_day, balance, taken_at) values (?, ?, ?)', [
        ...[day, messages, `${day} 00:01:00`],
      ]);
    }
  });
  after(async () => {
    await db.drop();
  });

  const yxt = (locale: Locale, ...argv: string[]): Promise<Said> =>
    commandLine([...argv, '--config', join(dir, 'config.yaml')], { locale });

  const everything = ['--days', '9999'];

  /** The reports, as they are before and after the rows have moved. */
  function reports(): void {
    it('shows rates and times by category, carrier and day', async () => {
      const { out } = await yxt('en', 'stats', ...everything);
      assert.match(out, /NOTICE +2 +2 +1 +0 +0 +4 +0\.36 +100\.0 % +4 s +1 min/);
      assert.match(out, /China Unicom +4 +3 +2 +0 +1 +3 +0\.27/);
      assert.match(out, /2026-03-31 +1 +1 +0 +0 +0 +1 +0\.09 +- +4 s/);
      const { categories, days } = JSON.parse((await yxt('en', 'stats', '--json', ...everything)).out) as Record<
        string,
        { name: string; rows: number; costLi: number }[]
      >;
      assert.deepEqual(
        categories?.map(({ name, rows, costLi }) => [name, rows, costLi]),
        [
          ['CODE', 2, 90],
          ['NOTICE', 2, 360],
          ['=1+1', 1, 90],
        ],
      );
      assert.equal(days?.length, 4);
    });

    it('prints CSV that no spreadsheet runs', async () => {
      const lines = (await yxt('en', 'stats', '--csv', ...everything)).out.split('\n');
      assert.deepEqual(lines, [
        'day,category,carrier,rows,accepted,delivered,undelivered,not_sent,parts,wait_ms,receipt_ms,yuan',
        '2026-03-01,NOTICE,mobile,1,1,1,0,0,3,4000,60000,0.27',
        "2026-03-02,'=1+1,unicom,1,1,1,0,0,1,4000,60000,0.09",
        '2026-03-02,CODE,unicom,1,0,0,0,1,0,,,0.00',
        '2026-03-31,NOTICE,unicom,1,1,0,0,0,1,4000,,0.09',
        '2026-04-01,CODE,unicom,1,1,1,0,0,1,4000,60000,0.09',
      ]);
    });

    it('bills a month', async () => {
      const { out } = await yxt('en', 'bill', '--month', '2026-03');
      assert.match(out, /2026-03: 4 SMS parts .*, 1 e信/);
      assert.match(out, /300 +0\.09 +0\.15 +0\.51 +300\.00 +in force/);
      assert.match(out, /50 +0\.10 +0\.18 +0\.58 +50\.00 +cheapest/);
      assert.match(out, /under the plan of 50 yuan this month would have cost 250\.00 yuan less/);
      assert.match(out, /balance \(1 day\): the platform has taken 4, accepted from here 3, difference 1/);
      const bill = JSON.parse((await yxt('en', 'bill', '--month', '2026-03', '--json')).out) as object;
      assert.partialDeepStrictEqual(bill, {
        smsParts: 4,
        exins: 1,
        inForce: { fee: 300, usedLi: 510, payLi: 300_000 },
      });
      assert.match(
        (await yxt('en', 'bill', '--month', '2026-03', '--csv')).out,
        /^2026-03,300,4,1,0\.51,300\.00,1,0$/m,
      );
      assert.match((await yxt('zh-CN', 'bill', '--month', '2026-04')).out, /短信 1 条.*没有连续两天/s);
    });
  }

  describe('while the rows are in the outbox', reports);

  describe('by hand', () => {
    it('counts first, then does it, then has nothing to do', async () => {
      const dry = await yxt('zh-CN', 'housekeeping', 'run', '--dry-run');
      assert.match(dry.out, /^将要整理：移入历史 5/);
      assert.equal((await db.rawQuery('select id from sms_outbox')).length, 5);
      const done = JSON.parse((await yxt('en', 'housekeeping', 'run', '--json')).out) as object;
      assert.partialDeepStrictEqual(done, { moved: 5, done: true });
      assert.match((await yxt('en', 'housekeeping', 'run')).out, /^housekeeping: no row is due, in /);
    });

    it('leaves their stories to be told', async () => {
      const { code, out } = await yxt('en', 'explain', '1');
      assert.equal(code, 0);
      assert.match(out, /DELIVERED[^]*moved to the history/);
    });

    it('refuses what it does not know, and to work beside another', async () => {
      assert.equal((await yxt('en', 'housekeeping', 'walk')).code, 2);
      assert.equal((await yxt('en', 'bill', '--month', '2026-13')).code, 2);
      await db.rawQuery(
        "update sms_mw_channel set keep_by = 'idB', keep_until = datetime('now', 'localtime', '+1 minute')",
      );
      const { code, err } = await yxt('en', 'housekeeping', 'run');
      assert.equal(code, 1);
      assert.match(err, /another process is keeping house/);
    });
  });

  describe('once they have moved', reports);

  it('quotes what has a comma, a quotation mark or a line of its own', () => {
    assert.deepEqual(csv([['a,b', 'say "x"', 'two\nlines', -1, '-1', null]]), [
      `"a,b","say ""x""","two\nlines",-1,'-1,`,
    ]);
  });
});
