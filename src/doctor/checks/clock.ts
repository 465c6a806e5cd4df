import { spanText } from '../../lib/span.ts';
import type { Text } from '../../lib/text.ts';
import { ok, skip, warn, type Check, type Found } from '../check.ts';

const DATABASE_MS = 5_000;
/** Its Date header has whole seconds, and the way takes time. */
const PLATFORM_MS = 30_000;

/** Lateness, quiet hours and certificates are judged by clocks. */
export const clockOffset: Check = {
  name: { zh: '时钟', en: 'clock' },
  async run({ database, clock, platformAheadMs }) {
    const found: Found[] = [];
    if (database === null) found.push(skip('数据库的时钟没有检查', 'the clock of the database was not looked at'));
    else {
      const before = clock.wall();
      const there = await database.clockMs();
      const aheadMs = there - (before + clock.wall()) / 2;
      found.push(judge({ zh: '数据库', en: 'the database' }, aheadMs, DATABASE_MS, 1));
    }
    if (platformAheadMs !== null)
      found.push(judge({ zh: '平台', en: 'the platform' }, platformAheadMs, PLATFORM_MS, 1000));
    return found;
  },
};

/** `exactMs`: less than this cannot be told from nothing. */
function judge(who: Text, aheadMs: number, tolerableMs: number, exactMs: number): Found {
  const apart = Math.abs(aheadMs);
  const least = spanText(exactMs);
  const span = spanText(apart);
  if (apart <= tolerableMs) {
    return apart < exactMs
      ? ok(`${who.zh}与本机相差不到 ${least.zh}`, `${who.en} and this machine differ by less than ${least.en}`)
      : ok(`${who.zh}与本机相差 ${span.zh}`, `${who.en} and this machine differ by ${span.en}`);
  }
  return warn(
    {
      zh: `${who.zh}比本机${aheadMs > 0 ? '快' : '慢'} ${span.zh}`,
      en: `${who.en} is ${span.en} ${aheadMs > 0 ? 'ahead of' : 'behind'} this machine`,
    },
    {
      zh: '请让各台机器用同一个时间服务器（NTP）校时，并核对时区。',
      en: 'Set all machines by one time server (NTP), and check their time zones.',
    },
  );
}
