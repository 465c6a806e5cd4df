import type { Row, Waiting, When } from './dialect.ts';
import { PRIORITIES } from './probe.ts';
import type { Text } from '../lib/text.ts';
import { ageMs, num, number, str, text, type Db } from './rows.ts';
import { join, raw, sql, unindexed, type Sql } from './sql.ts';
import { unseenRows } from './unseen.ts';
import type { DaemonRow, Heartbeat, Store } from './store.ts';

type Verbs = Pick<Store, 'enrol' | 'beat' | 'retake' | 'daemons' | 'waiting' | 'overdue' | 'unseen'>;

/** Waiting rows are counted up to here: beyond it the exact figure tells nobody more. */
const COUNTED = 10_000;

/** Longer than any time that a database can tell. */
const ANY_AGE_MS = 4e15;
const whole = (ms: number): Sql => raw(String(Math.trunc(Math.min(ms, ANY_AGE_MS))));

export function daemonVerbs({ engine, dialect, tables }: Db): Verbs {
  const { status, outbox, receipt } = tables;
  const identity = raw(dialect.quoted('identity'));
  const inLine = (p: number, when: When, most: number | null): Waiting =>
    dialect.waiting(outbox, tables.index('outbox', 'claim'), raw(String(p)), when, most);

  const count = (from: Sql, cap: number): Sql =>
    sql`(SELECT COUNT(*) FROM (${dialect.limited(sql`SELECT 1 AS one FROM ${from}`, cap)}) counted)`;
  const countOf = (status: string, cap: number): Sql =>
    count(sql`${dialect.passing(outbox, '')} WHERE status = ${raw(`'${status}'`)}`, cap);
  // one range of the index for each priority: what is due and what is not lie apart there
  const waiting = (cap: number, when: When): Sql => {
    const ranges = PRIORITIES.map((p) => {
      const { from, where } = inLine(p, when, cap);
      return sql`SELECT one FROM (${dialect.limited(sql`SELECT 1 AS one FROM ${from} WHERE ${where}`, cap)}) p${raw(String(p))}`;
    });
    return sql`(SELECT COUNT(*) FROM (${dialect.firstOf(ranges, cap)}) counted)`;
  };
  const due = (cap: number): Sql => waiting(cap, 'due');
  const scheduled = (cap: number): Sql => waiting(cap, 'scheduled');

  // within a priority the first row due is the one that waits longest, as near as it can be told by index
  const first = (p: number): Sql => {
    const { from, where, order } = inLine(p, 'due', 1);
    const rows = dialect.limited(sql`SELECT o.created_at, o.send_at FROM ${from} WHERE ${where}`, 1, order);
    return sql`SELECT ${dialect.greatest(raw('f.created_at'), raw('COALESCE(f.send_at, f.created_at)'))} AS since FROM (${rows}) f`;
  };
  const oldest = sql`(SELECT MIN(since) FROM (${join(PRIORITIES.map(first), ' UNION ALL ')}) firsts)`;

  const figures = (beat: Heartbeat): Sql =>
    sql`state = ${beat.state}, channel_state = ${dialect.text(beat.channelState)}, last_error = ${dialect.text(beat.lastError)},
      last_error_zh = ${dialect.text(beat.trouble?.zh ?? null)}, last_error_en = ${dialect.text(beat.trouble?.en ?? null)}, sent_minute = ${beat.sentMinute},
      sent_today = ${beat.sentToday}, heartbeat_at = ${dialect.now}`;
  const place = (beat: Heartbeat): Sql =>
    sql`boot = ${beat.boot}, instance = ${beat.instance}, host = ${beat.host}, pid = ${beat.pid}, version = ${beat.version}`;

  const read = (condition: Sql): Sql =>
    sql`SELECT d.${identity} AS ${identity}, d.boot AS boot, d.instance AS instance, d.host AS host, d.pid AS pid, d.version AS version, d.state AS state,
      d.channel_state AS channel_state, d.last_error AS last_error, d.last_error_zh AS last_error_zh, d.last_error_en AS last_error_en,
      d.sent_minute AS sent_minute, d.sent_today AS sent_today,
      ${dialect.timeText(raw('d.started_at'))} AS started_at, ${dialect.timeText(raw('d.heartbeat_at'))} AS heartbeat_at,
      ${dialect.msBetween(raw('d.heartbeat_at'), dialect.now)} AS silent_ms, d.waiting AS waiting, d.scheduled AS scheduled,
      ${dialect.msBetween(raw('d.oldest_waiting'), dialect.now)} AS oldest_ms FROM ${status} d WHERE ${condition} ORDER BY d.${identity}`;

  return {
    enrol: (beat) =>
      engine.tx(async (session) => {
        const [earlier] = await session.all(read(sql`d.${identity} = ${beat.identity}`));
        if (earlier !== undefined) {
          await session.run(
            sql`UPDATE ${status} SET prev_boot = boot, started_at = ${dialect.now}, ${place(beat)}, ${figures(beat)} WHERE ${identity} = ${beat.identity}`,
          );
          return readDaemon(earlier);
        }
        await session.run(
          dialect.insert({
            table: status,
            columns: (['identity', 'boot', 'instance', 'host', 'version', 'state'] as const).map((name) => ({
              name,
              kind: 'text',
            })),
            rows: [[beat.identity, beat.boot, beat.instance, beat.host, beat.version, beat.state]],
            constant: [['pid', raw(String(Math.trunc(beat.pid)))]],
          }),
        );
        await session.run(sql`UPDATE ${status} SET ${figures(beat)} WHERE ${identity} = ${beat.identity}`);
        return null;
      }),

    async beat(beat) {
      const changed = await engine.run(
        sql`UPDATE ${status} SET ${figures(beat)}, waiting = ${due(COUNTED)}, oldest_waiting = ${oldest}, scheduled = ${scheduled(COUNTED)}
          WHERE ${identity} = ${beat.identity} AND boot = ${beat.boot}`,
      );
      return changed > 0;
    },

    async retake(beat) {
      // whom the younger process replaced is written in its row: only that one may take it back
      const changed = await engine.run(
        sql`UPDATE ${status} SET prev_boot = NULL, ${place(beat)}, ${figures(beat)} WHERE ${identity} = ${beat.identity} AND prev_boot = ${beat.boot}`,
      );
      return changed > 0;
    },

    daemons: async () => (await engine.all(read(raw('1 = 1')))).map(readDaemon),

    async overdue(cap, { maxAgeMs, maxAgeByCategory }, expired) {
      const byCategory = [...maxAgeByCategory].map(
        ([category, ms]) => sql`WHEN o.category = ${category} THEN ${whole(ms)}`,
      );
      const most = sql`CASE ${join(byCategory, ' ')} WHEN 1 = 1 THEN ${whole(maxAgeMs ?? ANY_AGE_MS)} END`;
      const old = sql`${ageMs(dialect, true)} > ${most}`;
      const late = expired ? sql`(o.expire_at <= ${dialect.now} OR ${old})` : old;
      const ranges = PRIORITIES.map((p) => {
        const { from, where } = inLine(p, 'due', null);
        return sql`SELECT 1 AS one FROM ${from} WHERE ${where} AND ${unindexed(late)}`;
      });
      const [row = {}] = await engine.all(sql`SELECT COUNT(*) AS n FROM (${dialect.firstOf(ranges, cap)}) counted`);
      return num(row['n']);
    },

    unseen: (cap) => unseenRows(engine, tables, cap),

    async waiting(cap) {
      const [row = {}] = await engine.all(
        sql`SELECT ${due(cap)} AS waiting, ${scheduled(cap)} AS scheduled, ${countOf('HELD', cap)} AS held,
          ${countOf('SENDING', cap)} AS sending, ${count(receipt, cap)} AS parked, ${dialect.msBetween(oldest, dialect.now)} AS oldest_ms FROM ${dialect.oneRow}`,
      );
      return {
        waiting: num(row['waiting']),
        scheduled: num(row['scheduled']),
        oldestMs: number(row['oldest_ms']),
        held: num(row['held']),
        sending: num(row['sending']),
        parked: num(row['parked']),
      };
    },
  };
}

/** A daemon of an earlier version writes `last_error` alone, beside what a later one may have left there. */
function troubleIn(row: Row): Text | null {
  const [own, zh, en] = [text(row['last_error']), text(row['last_error_zh']), text(row['last_error_en'])];
  if (own === null) return null;
  return zh !== null && en !== null && (own === zh || own === en) ? { zh, en } : { zh: own, en: own };
}

function readDaemon(row: Row): DaemonRow {
  return {
    identity: str(row['identity']),
    boot: str(row['boot']),
    instance: str(row['instance']),
    host: str(row['host']),
    pid: num(row['pid']),
    version: str(row['version']),
    state: str(row['state']) as Heartbeat['state'],
    channelState: str(row['channel_state']),
    lastError: text(row['last_error']),
    trouble: troubleIn(row),
    sentMinute: num(row['sent_minute']),
    sentToday: num(row['sent_today']),
    startedAt: str(row['started_at']),
    heartbeatAt: str(row['heartbeat_at']),
    silentMs: num(row['silent_ms']),
    waiting: num(row['waiting']),
    scheduled: num(row['scheduled']),
    oldestWaitingMs: number(row['oldest_ms']),
  };
}
