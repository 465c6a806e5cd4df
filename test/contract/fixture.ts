import assert from 'node:assert/strict';
import type { OnRefused } from '../../src/db/aside.ts';
import { openStore } from '../../src/db/open.ts';
import type { Store } from '../../src/db/store.ts';
import { freshDatabase, needDatabase, type EveryClient, type FreshDatabase } from '../support/databases.ts';
import { claimAll, rowResult, submitOf, submitResult, type Mine } from '../support/rows.ts';

export const PHONE = '13000000001';

const TABLES = [
  'sms_outbox',
  'sms_outbox_history',
  'sms_inbox',
  'sms_mw_submit',
  'sms_mw_seen',
  'sms_mw_query',
  'sms_mw_receipt',
  'sms_mw_channel',
  'sms_mw_status',
  'sms_mw_command',
  'sms_template',
  'sms_blocked_word',
  'sms_blacklist',
  'sms_mw_usage',
  'sms_mw_hour',
  'sms_mw_override',
  'sms_mw_stats',
  'sms_mw_balance',
];

/** One database with two stores on it, as two daemons have them, and the rows that the cases begin with. */
export class Fixture {
  readonly client: EveryClient;
  /** What the first store has reported in this case. */
  readonly refused: Parameters<OnRefused>[0][] = [];
  #open: { db: FreshDatabase; a: Store; b: Store } | null = null;

  constructor(client: EveryClient) {
    this.client = client;
  }

  get db(): FreshDatabase {
    return this.#ready.db;
  }

  get a(): Store {
    return this.#ready.a;
  }

  get b(): Store {
    return this.#ready.b;
  }

  get #ready(): { db: FreshDatabase; a: Store; b: Store } {
    assert.ok(this.#open, 'only inside a case');
    return this.#open;
  }

  async open(context: Mocha.Context): Promise<void> {
    await needDatabase(this.client, context);
    const db = await freshDatabase(this.client);
    const onRefused: OnRefused = (row) => void this.refused.push(row);
    this.#open = { db, a: await openStore({ ...db.options, onRefused }), b: await openStore(db.options) };
  }

  async close(): Promise<void> {
    if (this.#open === null) return;
    const { a, b, db } = this.#open;
    await a.close();
    await b.close();
    await db.drop();
  }

  async empty(): Promise<void> {
    this.refused.length = 0;
    for (const table of TABLES) await this.db.rawQuery(`DELETE FROM ${table}`);
  }

  /** Outbox rows as a bureau writes them, with further columns of the same value in each. */
  async insert(n: number, more: Record<string, string | number> = {}): Promise<void> {
    const columns = ['phone', 'content', ...Object.keys(more)];
    const row = `(${columns.map(() => '?').join(',')})`;
    // SQL Server takes 2,100 parameters at most
    const bite = Math.floor(2000 / columns.length);
    for (let from = 0; from < n; from += bite) {
      const rows = Array.from({ length: Math.min(bite, n - from) }, (_, i) => [
        PHONE,
        `text ${from + i}`,
        ...Object.values(more),
      ]);
      const places = rows.map(() => row).join(',');
      await this.db.rawQuery(`INSERT INTO sms_outbox (${columns.join(',')}) VALUES ${places}`, rows.flat());
    }
  }

  /** What a person does to a row by hand. */
  async set(id: string, assignments: string): Promise<void> {
    await this.db.rawQuery(`UPDATE sms_outbox SET ${assignments} WHERE id = ?`, [id]);
  }

  async stateOf(id: string): Promise<Record<string, string | number | null>> {
    return { ...(await this.a.story(id))?.row };
  }

  /** Twenty rows, of which the eighth has `biz_id` 'no'; returns its id. */
  async insertWithOne(more: Record<string, string | number> = {}): Promise<string> {
    await this.insert(7, more);
    await this.insert(1, { ...more, biz_id: 'no' });
    await this.insert(12, more);
    const [row] = await this.db.rawQuery("SELECT CAST(id AS CHAR(20)) AS id FROM sms_outbox WHERE biz_id = 'no'");
    return String(row?.['id']).trim();
  }

  /** One row, claimed. */
  async one(token = 'idA.b1.1', leaseMs = 60_000): Promise<Mine> {
    await this.insert(1);
    const [mine] = await claimAll(this.a, token, { leaseMs });
    assert.ok(mine);
    return mine;
  }

  /** … and its submission recorded. */
  async opened(leaseMs = 60_000): Promise<Mine> {
    const mine = await this.one();
    await this.a.open([submitOf(mine)], 'idA.b1', leaseMs);
    return mine;
  }

  /** … and answered. */
  async settled(row: Parameters<typeof rowResult>[1], record: Parameters<typeof submitResult>[1]): Promise<Mine> {
    const mine = await this.opened();
    assert.equal(await this.a.settle([rowResult(mine, row)], [submitResult(mine, record)]), 1);
    return mine;
  }
}
