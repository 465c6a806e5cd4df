import type { Place } from '../place.ts';
import { notice } from '../rows.ts';

/** Every rule that a bureau could have on, and limits that nobody of the bench reaches. */
export const POLICY = {
  'policy.requireTemplate': true,
  'policy.secondSignature': 'reject',
  'policy.marketing': 'reject',
  'policy.quietHours': [{ categories: ['NIGHT'], from: '22:00', to: '08:00', days: 'workdays' }],
  'policy.limits': [{ per: 'phone', most: 100, in: '24h', over: 'defer' }],
};

const TEMPLATES = 2000;
const WORDS = 10_000;

/** 2,000 templates, of which the last ones match the bench's texts, 10,000 words, a blacklist of strangers; or none of it. */
export async function fillPolicy({ database }: Place, filled: boolean): Promise<void> {
  for (const table of ['sms_template', 'sms_blocked_word', 'sms_blacklist', 'sms_mw_usage']) {
    await database.rawQuery(`DELETE FROM ${table}`);
  }
  if (!filled) return;
  const body = notice('{n}').replace(/。+$/, '。{rest:0-20}');
  const templates = Array.from({ length: TEMPLATES - 1 }, (_, i) => [`T${i}`, body.replace('编号', `${i}类编号`)]);
  const words = Array.from({ length: WORDS }, (_, i) => [word(i)]);
  await insert(database, 'sms_template (code, body)', [...templates, ['NOTICE', body]]);
  await insert(database, 'sms_blocked_word (word)', words);
  await insert(
    database,
    'sms_blacklist (phone)',
    Array.from({ length: 1000 }, (_, i) => [`1330000${String(i).padStart(4, '0')}`]),
  );
}

/** Two to four Chinese characters that no text of ours holds together. */
function word(n: number): string {
  const letters = [n % 97, Math.floor(n / 97) % 97, Math.floor(n / 9409)].map((k) =>
    String.fromCharCode(0x5000 + k * 7),
  );
  return letters.join('');
}

async function insert(database: Place['database'], into: string, rows: readonly (readonly string[])[]): Promise<void> {
  for (let i = 0; i < rows.length; i += 500) {
    const values = rows.slice(i, i + 500).map((row) => `(${row.map((cell) => `'${cell}'`).join(', ')})`);
    await database.rawQuery(`INSERT INTO ${into} VALUES ${values.join(', ')}`);
  }
}
