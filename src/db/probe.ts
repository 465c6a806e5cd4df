import { readChannel, channelColumns } from './channel.ts';
import { num, number, text, type Db } from './rows.ts';
import { join, raw, sql, type Sql } from './sql.ts';
import type { Probe, Store } from './store.ts';

export const PRIORITIES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

export function probeVerbs({ engine, dialect, tables }: Db): Pick<Store, 'probe'> {
  const until = (time: Sql): Sql => dialect.msBetween(dialect.now, time);
  const first = (column: string, table: Sql, where: string, name: string): Sql =>
    sql`${until(dialect.earliest(raw(column), table, raw(where)))} AS ${raw(name)}`;
  // each is one descent of an index, whatever the length of the queue
  const due = PRIORITIES.map((p) => sql`${until(dialect.earliestDue(tables.outbox, p))} AS ${raw(`due_${p}`)}`);
  const next = (state: string, name: string): Sql => first('next_at', tables.submit, `state = '${state}'`, name);
  const lease = first('lease_until', tables.outbox, "status = 'SENDING'", 'lease_in');
  // the clock that leases live by, as a number
  const clock = sql`${dialect.msBetween(dialect.dueAlways, dialect.now)} AS clock_ms`;
  const always = [clock, ...due, next('OPEN', 'open_in'), next('ACCEPTED', 'give_up_in'), channelColumns(dialect)];
  const alive = (ms: number): Sql =>
    sql`(SELECT COUNT(*) FROM ${tables.status} WHERE state <> 'STOPPED' AND heartbeat_at > ${dialect.after(sql`${-ms}`)}) AS alive`;
  const commands = sql`(SELECT COUNT(*) FROM ${dialect.passing(tables.command, 'k')} WHERE k.status IN ('NEW', 'RUNNING')) AS commands`;
  // a row for each daemon: no index would find it sooner
  const ofLiving = (column: string, name: string): Sql =>
    sql`${until(sql`(SELECT MIN(${raw(column)}) FROM ${tables.status} WHERE state <> 'STOPPED')`)} AS ${raw(name)}`;
  const beat = ofLiving('heartbeat_at', 'beat_in');
  const oldest = ofLiving('oldest_waiting', 'oldest_in');
  const statement = (recover: boolean, channel: string, aliveMs: number): Sql =>
    sql`SELECT ${join(recover ? [...always, lease, alive(aliveMs), beat, oldest, commands] : always)} FROM ${dialect.oneRow} LEFT JOIN ${tables.channel} c ON c.name = ${channel}`;

  return {
    async probe({ recover, channel, aliveMs }): Promise<Probe> {
      const [row = {}] = await engine.all(statement(recover, channel, aliveMs));
      const waiting = new Map<number, number>();
      for (const p of PRIORITIES) {
        const ms = number(row[`due_${p}`]);
        if (ms !== null) waiting.set(p, ms);
      }
      return {
        clockMs: num(row['clock_ms']),
        due: waiting,
        openInMs: number(row['open_in']),
        giveUpInMs: number(row['give_up_in']),
        leaseInMs: number(row['lease_in']),
        channel: text(row['channel_state']) === null ? null : readChannel(row),
        daemons: number(row['alive']),
        beatInMs: number(row['beat_in']),
        oldestInMs: number(row['oldest_in']),
        commands: num(row['commands']) > 0,
      };
    },
  };
}
