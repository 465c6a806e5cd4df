import { textOf } from '../lib/errors.ts';
import type { Text } from '../lib/text.ts';
import type { Figures } from './figures.ts';
import type { HttpParts } from './parts.ts';
import { plain, type Reply } from './reply.ts';

/** A probe of a service manager or load balancer does not wait longer. */
const MOST_MS = 5000;

/** Does the process live and do its loops turn? Says nothing of database and platform: a restart would mend neither. */
export function healthz({ loops }: Pick<HttpParts, 'loops'>): Reply {
  const hung = loops.hung();
  return hung.length === 0 ? plain(200, 'ok\n') : plain(503, `loops hang: ${hung.join(', ')}\n`);
}

/** Would a row that is inserted now be sent? If not, why, in both languages. */
export async function readyz(
  p: Pick<HttpParts, 'outbound' | 'gate'>,
  figures: Pick<Figures, 'daemons'>,
): Promise<Reply> {
  const database = await within(figures.daemons());
  const channel = p.outbound.closed() ?? p.outbound.reach.closed();
  const reasons = [database, channel?.text ?? null].filter((text) => text !== null);
  if (reasons.length === 0) return plain(200, 'ready\n');
  return plain(503, reasons.map(({ zh, en }) => `${zh}\n${en}\n`).join(''));
}

/** null: it was answered in time. */
async function within(question: Promise<unknown>): Promise<Text | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Text>((done) => {
    timer = setTimeout(() => done(SLOW), MOST_MS);
  });
  const answered = question.then(
    () => null,
    (error: unknown) => textOf(error),
  );
  return Promise.race([answered, late]).finally(() => clearTimeout(timer));
}

const SLOW: Text = {
  zh: `数据库 ${MOST_MS / 1000} 秒内没有应答`,
  en: `the database has not answered within ${MOST_MS / 1000} seconds`,
};
