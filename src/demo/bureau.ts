import { DatabaseSync } from 'node:sqlite';

export const NOTICES = 200;
export const CITIZEN = '13900000001';
/** Made up. */
export const CARD = '6222000000000001';
/** Asks for something that only the legacy system knows. */
export const OTHER_CITIZEN = '13900000002';
export const OTHER_QUESTION = 'JF#2026';
/** Ending of the one number whose phone is switched off: its receipt says so. */
export const NOT_DELIVERED = '0000099';

/** An inbox row as the legacy system reads it. */
interface Letter {
  readonly id: number;
  readonly phone: string;
  readonly keyword: string | null;
  readonly args: string | null;
}

/** What the bureau lays down about its messages: a blocked word and a template. */
const RULES = [
  `INSERT INTO sms_blocked_word (word) VALUES ('网贷')`,
  `INSERT INTO sms_template (code, body) VALUES ('CARD', '【人社局】{name}您好，您的社保卡已制好，请到{place}领取。')`,
];

export interface EndedRow {
  readonly id: number;
  readonly phone: string;
  readonly status: string;
  readonly result_code: string | null;
  readonly result_text: string | null;
}

/** Columns and values of one row of each kind that is refused, with the code that it must get. */
const FAULTY: readonly (readonly [code: string, insert: string])[] = [
  ['BAD_PHONE', `(phone, content) VALUES ('12345', '号码不对')`],
  ['EMPTY', `(phone, content) VALUES ('13100000002', '  ')`],
  ['TOO_LONG', `(phone, content) VALUES ('13100000003', '${'长'.repeat(500)}')`],
  ['UNENCODABLE', `(phone, content) VALUES ('13100000004', '祝您生日快乐🎂')`],
  ['GARBLED', `(phone, content) VALUES ('13100000005', '????????')`],
  ['STALE', `(phone, content, expire_at) VALUES ('13100000006', '会议提醒', datetime('now', 'localtime', '-1 hour'))`],
  ['UNSUPPORTED', `(phone, content, msg_type) VALUES ('13100000007', 'e信通知', 'EXIN')`],
  ['BLOCKED_WORD', `(phone, content) VALUES ('13100000008', '【人社局】网贷服务，利率优惠')`],
  ['BAD_PARAMS', `(phone, template_code, params) VALUES ('13100000009', 'CARD', '{"name":"张三"}')`],
];
export const FAULTY_CODES = FAULTY.map(([code]) => code);
/** Of them those that the bureau's own rules refuse. */
export const RULED: readonly string[] = ['BLOCKED_WORD', 'BAD_PARAMS'];

/** The bureau's business database, which the outbox knows nothing of: cards, each bound to a phone. */
export function makeBusinessDatabase(file: string): void {
  const db = new DatabaseSync(file);
  db.exec('CREATE TABLE card (card_no TEXT PRIMARY KEY, phone TEXT, name TEXT, balance NUMERIC)');
  db.prepare('INSERT INTO card VALUES (?, ?, ?, ?)').run(CARD, CITIZEN, '张三丰', 1234.56);
  db.close();
}

/** The rule that answers from it. */
export const BALANCE_RULE = {
  keywords: ['SBYE', '余额查询'],
  format: '{card}',
  args: { card: { label: '卡号', min: 16, max: 19, secret: true } },
  sql: 'SELECT name, balance FROM card WHERE card_no = :card AND phone = :phone',
  reply: '【人社局】{name|mask}，尾号 {card|last4} 的社保卡余额 {balance|money} 元。',
};

/** The bureau with nothing but SQL: it knows the two tables and not a line of this program. */
export class Bureau {
  readonly #db: DatabaseSync;

  constructor(file: string) {
    this.#db = new DatabaseSync(file, { timeout: 5000 });
  }

  layDownRules(): void {
    this.#transaction(() => {
      for (const rule of RULES) this.#db.exec(rule);
    });
  }

  /** One half gets one text, the other half each its own. */
  insertNotices(): void {
    const insert = this.#db.prepare('INSERT INTO sms_outbox (phone, content) VALUES (?, ?)');
    this.#transaction(() => {
      for (let i = 1; i <= NOTICES; i++) {
        const phone = String(13_000_000_000 + i);
        const same = '【人社局】本月养老金已发放，请注意查收。';
        const own = `【人社局】您的社保卡已制好，取卡号 ${String(i).padStart(4, '0')}，请到窗口领取。`;
        insert.run(phone, i <= NOTICES / 2 ? same : own);
      }
    });
  }

  insertFaulty(): void {
    this.#transaction(() => {
      for (const [, insert] of FAULTY) this.#db.exec(`INSERT INTO sms_outbox ${insert}`);
    });
  }

  /** One round of the legacy system: reads what is new, answers, marks it done. Returns how many it answered. */
  answerLetters(): number {
    const letters = this.#db
      .prepare(`SELECT id, phone, keyword, args FROM sms_inbox WHERE status = 'NEW' ORDER BY id`)
      .all() as unknown as Letter[];
    if (letters.length === 0) return 0;
    const reply = this.#db.prepare('INSERT INTO sms_outbox (phone, content, category, inbox_id) VALUES (?, ?, ?, ?)');
    const done = this.#db.prepare(`UPDATE sms_inbox SET status = 'DONE' WHERE id = ?`);
    this.#transaction(() => {
      for (const { id, phone, keyword, args } of letters) {
        const text =
          keyword === 'JF'
            ? `【人社局】您 ${args ?? ''} 年的养老保险已缴费 12 个月。`
            : '【人社局】查余额请发送 SBYE#卡号，查缴费请发送 JF#年份。';
        reply.run(phone, text, 'REPLY', id);
        done.run(id);
      }
    });
    return letters.length;
  }

  /** A query rule has answered; the legacy system never saw the message as NEW. */
  ruleAnswered(): boolean {
    return (
      this.#db.prepare(`SELECT id FROM sms_inbox WHERE status = 'AUTO' AND handled_at IS NOT NULL`).get() !== undefined
    );
  }

  /** What the rules have refused so far. */
  refusedByRules(): EndedRow[] {
    return this.refused().filter(({ result_code: code }) => RULED.includes(code ?? ''));
  }

  /** Rows that still have something before them: a submission or a receipt. */
  open(): number {
    const row = this.#db
      .prepare(`SELECT COUNT(*) AS n FROM sms_outbox WHERE status IN ('NEW', 'SENDING', 'SENT')`)
      .get();
    return Number(row?.['n']);
  }

  byStatus(): ReadonlyMap<string, number> {
    const rows = this.#db.prepare('SELECT status, COUNT(*) AS n FROM sms_outbox GROUP BY status ORDER BY n DESC').all();
    return new Map(rows.map((row) => [String(row['status']), Number(row['n'])]));
  }

  /** Those that were not sent, in the order of their insertion. */
  refused(): EndedRow[] {
    const columns = 'id, phone, status, result_code, result_text';
    return this.#db
      .prepare(
        `SELECT ${columns} FROM sms_outbox WHERE status IN ('REJECTED', 'HELD', 'EXPIRED', 'FAILED') ORDER BY id`,
      )
      .all() as unknown as EndedRow[];
  }

  close(): void {
    this.#db.close();
  }

  #transaction(work: () => void): void {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#db.exec('COMMIT');
    } catch (error) {
      this.#db.exec('ROLLBACK');
      throw error;
    }
  }
}
