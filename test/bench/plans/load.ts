import type { Client, FreshDatabase } from '../../support/databases.ts';

/** Rows in the tables while the plans are made. */
export interface Sizes {
  /** Outbox rows that have ended, ten to a submission. */
  readonly ended: number;
  /** Outbox rows that wait, a tenth of them for another day. */
  readonly waiting: number;
  /** Rows of each further kind: claimed by a dead daemon, held, parked receipts, … */
  readonly some: number;
  /** Citizens' messages. */
  readonly inbox: number;
}

type Query = FreshDatabase['rawQuery'];

const CHUNK = 100_000;
const TEXT = '您的城乡居民基本养老保险本年度缴费已到账，请登录网上服务大厅查询明细。';
export const GROWING = [
  'sms_outbox',
  'sms_inbox',
  'sms_mw_submit',
  'sms_mw_seen',
  'sms_mw_query',
  'sms_mw_receipt',
] as const;

/** Fills tables by statements of the database's own, which is the fastest way that all engines have. */
export class Loader {
  readonly #client: Client;
  readonly #query: Query;
  readonly #sizes: Sizes;

  private constructor(client: Client, query: Query, sizes: Sizes) {
    this.#client = client;
    this.#query = query;
    this.#sizes = sizes;
  }

  /** What has gathered over a year. Nothing is analysed, and the server does not do it by itself. */
  static async open(db: FreshDatabase, sizes: Sizes): Promise<Loader> {
    const { query } = await db.connect();
    const client = db.options.client as Client;
    const loader = new Loader(client, query, sizes);
    if (client === 'sqlite') await query('PRAGMA synchronous = OFF');
    for (const table of GROWING) {
      if (client === 'postgres') await query(`ALTER TABLE ${table} SET (autovacuum_enabled = off)`);
      if (client === 'mysql') await query(`ALTER TABLE ${table} STATS_AUTO_RECALC = 0`);
    }
    await query('CREATE TABLE bench_digits (d INTEGER)');
    await query('INSERT INTO bench_digits (d) VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)');
    await loader.#history();
    return loader;
  }

  async #history(): Promise<void> {
    const { ended, inbox } = this.#sizes;
    const serial = this.#serial('2025', this.#div('n', 10));
    const status = `CASE n % 20 WHEN 0 THEN 'FAILED' WHEN 1 THEN 'SENT' WHEN 2 THEN 'UNDELIVERED' ELSE 'DELIVERED' END`;
    await this.#fill(
      'sms_outbox (phone, content, status, result_code, attempts, serial_no, phone_norm, receipt_code)',
      `${this.#phone}, '${TEXT}', ${status}, '0', 1, ${serial}, ${this.#phone}, '0'`,
      ended,
    );
    await this.#fill(
      'sms_mw_submit (serial_no, channel, state, body, priority, segments, members, row_count, next_at)',
      `${this.#serial('2025', 'n')}, 'main', CASE WHEN n % 3 = 0 THEN 'ACCEPTED' ELSE 'DONE' END, '${TEXT}', 5, 1, '[]', 10, ${this.#in(30)}`,
      ended / 10,
    );
    await this.#fill(
      'sms_inbox (phone, content, msg_key, status)',
      `${this.#phone}, 'SBYE#1', ${this.#serial('old', 'n')}, 'DONE'`,
      inbox,
    );
    await this.#fill('sms_mw_seen (msg_key, inbox_id, phone)', `${this.#serial('old', 'n')}, n, ${this.#phone}`, inbox);
    await this.#fill(
      'sms_mw_query (inbox_id, phone, keyword, state, outcome, outbox_id, taken_at)',
      `n - 1000000000, ${this.#phone}, 'SBYE', 'DONE', 'ANSWERED', n, ${this.#in(-40)}`,
      inbox,
    );
  }

  /** What there is to do now. */
  async work(): Promise<void> {
    const { waiting, some } = this.#sizes;
    const later = `CASE WHEN n % 10 = 3 THEN ${this.#in(1)} END`;
    const priority = 'CASE WHEN n % 100 < 3 THEN n % 100 WHEN n % 10 = 1 THEN 7 ELSE 5 END';
    await this.#fill(
      'sms_outbox (phone, content, priority, send_at)',
      `${this.#phone}, '${TEXT}', ${priority}, ${later}`,
      waiting,
    );
    const claimed = 'sms_outbox (phone, content, status, serial_no, phone_norm, claim_token, lease_until)';
    const dead = (year: string): string =>
      `${this.#phone}, '${TEXT}', 'SENDING', ${this.#serial(year, 'n')}, ${this.#phone}, 'idZ.b0.1', ${this.#in(-1)}`;
    await this.#fill(claimed, dead('2026'), some);
    await this.#fill(claimed, dead('2027'), some);
    const record =
      'sms_mw_submit (serial_no, channel, state, body, priority, segments, members, row_count, owner, next_at)';
    const open = (year: string, state: string, nextAt: string): string =>
      `${this.#serial(year, 'n')}, 'main', '${state}', '${TEXT}', 5, 1, '[]', 1, 'idZ.b0.1', ${nextAt}`;
    await this.#fill(record, open('2027', 'OPEN', this.#in(-1)), some);
    await this.#fill(record, open('2028', 'ACCEPTED', this.#in(-1)), some);
    await this.#fill(
      'sms_outbox (phone, content, status, serial_no, phone_norm)',
      `${this.#phone}, '${TEXT}', 'SENT', ${this.#serial('2028', 'n')}, ${this.#phone}`,
      some,
    );
    await this.#fill(
      'sms_outbox (phone, content, status, result_code, inbox_id)',
      `${this.#phone}, '${TEXT}', 'HELD', 'GARBLED', n`,
      some,
    );
    await this.#fill(
      'sms_mw_receipt (serial_no, phone, code)',
      `${this.#serial('2029', 'n')}, ${this.#phone}, '0'`,
      10 * some,
    );
  }

  async clearWork(): Promise<void> {
    await this.#query(
      "DELETE FROM sms_outbox WHERE status IN ('NEW', 'SENDING', 'HELD', 'UNKNOWN', 'REJECTED') OR serial_no >= '2026'",
    );
    await this.#query("DELETE FROM sms_mw_submit WHERE serial_no >= '2026'");
    await this.#query('DELETE FROM sms_mw_receipt');
    if (this.#client === 'postgres') for (const table of GROWING) await this.#query(`VACUUM ${table}`);
  }

  async analyse(): Promise<void> {
    await this.#query(this.#client === 'mysql' ? `ANALYZE TABLE ${GROWING.join(', ')}` : 'ANALYZE');
  }

  async #fill(into: string, values: string, count: number): Promise<void> {
    const n = ['a', 'b', 'c', 'd', 'e'].map((digit, i) => `${digit}.d * ${10 ** i}`).join(' + ');
    for (let from = 0; from < count; from += CHUNK) {
      const numbers = `SELECT ${from} + ${n} AS n FROM bench_digits e, bench_digits d, bench_digits c, bench_digits b, bench_digits a`;
      await this.#query(`INSERT INTO ${into} SELECT ${values} FROM (${numbers}) numbers WHERE n < ${count} ORDER BY n`);
    }
  }

  get #phone(): string {
    return this.#join(`'190'`, this.#padded('n', 8));
  }

  #serial(year: string, n: string): string {
    return this.#join(`'${year}'`, this.#padded(n, 16));
  }

  #join(a: string, b: string): string {
    return this.#client === 'mysql' ? `CONCAT(${a}, ${b})` : `${a} || ${b}`;
  }

  #padded(n: string, width: number): string {
    switch (this.#client) {
      case 'sqlite':
        return `substr('${'0'.repeat(width)}' || ${n}, -${width})`;
      case 'mysql':
        return `LPAD(${n}, ${width}, '0')`;
      case 'postgres':
        return `lpad(CAST(${n} AS text), ${width}, '0')`;
    }
  }

  #div(n: string, by: number): string {
    return this.#client === 'mysql' ? `${n} DIV ${by}` : `${n} / ${by}`;
  }

  /** So many days from now. */
  #in(days: number): string {
    switch (this.#client) {
      case 'sqlite':
        return `strftime('%Y-%m-%d %H:%M:%f', 'now', 'localtime', '${days} days')`;
      case 'mysql':
        return `NOW(3) + INTERVAL ${days} DAY`;
      case 'postgres':
        return `now() + interval '${days} days'`;
    }
  }
}
