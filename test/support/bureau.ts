import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export const CITIZEN = '13900000001';
export const CARD = '6222000000000001';
export const PASSWORD = '123456';

/** A bureau's business database: cards, each bound to a phone. */
export interface Bureau {
  readonly file: string;
  /** So many cards with phones of their own: the n-th has the n-th number after the first. */
  readonly cards: number;
  exec(statement: string): void;
  remove(): void;
}

export const cardOf = (n: number): string => String(6_222_000_000_000_001n + BigInt(n));
export const phoneOf = (n: number): string => String(13_900_000_001 + n);

export function openBureau(cards = 1): Bureau {
  const dir = mkdtempSync(join(tmpdir(), 'yxt-bureau-'));
  const file = join(dir, 'business.db');
  const db = new DatabaseSync(file);
  db.exec('CREATE TABLE card (card_no TEXT PRIMARY KEY, phone TEXT, password TEXT, name TEXT, balance NUMERIC); BEGIN');
  const insert = db.prepare('INSERT INTO card VALUES (?, ?, ?, ?, ?)');
  for (let n = 0; n < cards; n++) insert.run(cardOf(n), phoneOf(n), PASSWORD, '张三丰', 1234.56 + n);
  db.exec('COMMIT');
  return {
    file,
    cards,
    exec: (statement) => db.exec(statement),
    remove() {
      db.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** `queries` and `queryDatabases` of a configuration: phone, card and password at once. */
export const strictRule = {
  keywords: ['SBYE', '余额查询'],
  format: '{card}*{password}',
  args: {
    card: { label: '卡号', secret: true, min: 16, max: 19 },
    password: { label: '密码', secret: true, min: 6, max: 6 },
  },
  sql: 'SELECT name, balance FROM card WHERE card_no = :card AND phone = :phone AND password = :password',
  reply: '{name|mask}，尾号{card|last4}的社保卡余额{balance|money}元。',
};

export const querySettings = (bureau: Bureau, rule: object = {}): Record<string, unknown> => ({
  queries: [{ ...strictRule, ...rule }],
  queryDatabases: { bureau: { client: 'sqlite', connection: bureau.file } },
});
