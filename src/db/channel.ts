import type { Dialect, Row } from './dialect.ts';
import { DuplicateKey } from './failure.ts';
import { num, number, str, text, type Db } from './rows.ts';
import { raw, sql, type Sql } from './sql.ts';
import type { ChannelState, Said, Store } from './store.ts';

/** The columns of a `ChannelState` of alias `c`, under names of their own. */
export function channelColumns(dialect: Dialect): Sql {
  return sql`c.state AS channel_state, c.scope AS channel_scope, c.code AS channel_code, c.reason AS channel_reason,
    c.credentials AS channel_credentials, c.probes AS channel_probes, ${dialect.timeText(raw('c.since'))} AS channel_since,
    ${dialect.msBetween(dialect.now, raw('c.until_at'))} AS channel_until, ${dialect.msBetween(raw('c.resumed_at'), dialect.now)} AS channel_resumed`;
}

export function readChannel(row: Row): ChannelState {
  return {
    state: str(row['channel_state']) as ChannelState['state'],
    scope: str(row['channel_scope']) as ChannelState['scope'],
    code: text(row['channel_code']),
    reason: text(row['channel_reason']),
    untilInMs: number(row['channel_until']),
    since: text(row['channel_since']),
    resumedMs: number(row['channel_resumed']),
    credentials: text(row['channel_credentials']),
    probes: num(row['channel_probes']),
  };
}

/** Of a turn's length: daemons on one database may have time limits that differ, but not by so much. */
const UNHEARD_OF = 4;

const TURNS = {
  probe: { by: raw('probe_by'), until: raw('probe_until') },
  fetch: { by: raw('fetch_by'), until: raw('fetch_until') },
  keep: { by: raw('keep_by'), until: raw('keep_until') },
} as const;

const UNTOUCHED: ChannelState = {
  state: 'OPEN',
  scope: 'send',
  code: null,
  reason: null,
  untilInMs: null,
  since: null,
  resumedMs: null,
  credentials: null,
  probes: 0,
};

export function channelVerbs({
  engine,
  dialect,
  tables,
}: Db): Pick<Store, 'channel' | 'changeChannel' | 'takeTurn' | 'endTurn' | 'keepingIn' | 'planKeeping'> {
  /** Runs the UPDATE; where there is no row yet, makes one and runs it again. */
  async function onRow(name: string, update: Sql): Promise<number> {
    const changed = await engine.run(update);
    if (changed > 0) return changed;
    const [exists] = await engine.all(sql`SELECT name FROM ${tables.channel} WHERE name = ${name}`);
    if (exists !== undefined) return 0;
    const row = {
      table: tables.channel,
      columns: [{ name: 'name', kind: 'text' }] as const,
      rows: [[name]],
      constant: [],
    };
    try {
      await engine.run(dialect.insert(row));
    } catch (error) {
      if (!(error instanceof DuplicateKey)) throw error; // another daemon was first
    }
    return engine.run(update);
  }

  /** Never later than now, whatever clock its writer has. */
  function wordAt(said: Said): Sql {
    if (said === 'now') return dialect.now;
    const at = sql`CASE WHEN w.created_at > ${dialect.now} THEN ${dialect.now} ELSE w.created_at END`;
    return sql`(SELECT ${at} FROM ${tables.command} w WHERE ${dialect.inList(raw('w.id'), 'id', [said.command])})`;
  }

  return {
    async channel(name) {
      const [row] = await engine.all(
        sql`SELECT ${channelColumns(dialect)} FROM ${tables.channel} c WHERE c.name = ${name}`,
      );
      return row === undefined ? UNTOUCHED : readChannel(row);
    },

    async changeChannel(name, c, said) {
      const until = c.untilInMs === null ? raw('NULL') : dialect.after(sql`${c.untilInMs}`);
      const word = said === undefined ? null : wordAt(said);
      const spoken = word === null ? raw('') : sql`, said_at = ${word}`;
      // in the future: the clock has been set back since, which must not make commands void
      const counts =
        word === null || said === 'now'
          ? raw('')
          : sql` AND (said_at IS NULL OR said_at <= ${word} OR said_at > ${dialect.now})`;
      const changed = await onRow(
        name,
        sql`UPDATE ${tables.channel} SET resumed_at = CASE WHEN state <> 'OPEN' AND ${c.state} = 'OPEN' THEN ${dialect.now} ELSE resumed_at END,
          since = CASE WHEN state = ${c.state} THEN since ELSE ${dialect.now} END, state = ${c.state},
          scope = ${c.scope}, code = ${c.code}, reason = ${dialect.text(c.reason)}, until_at = ${until}, credentials = ${c.credentials}, probes = ${c.probes}${spoken}
          WHERE name = ${name}${counts}`,
      );
      return changed > 0;
    },

    async takeTurn(what, name, owner, leaseMs) {
      const { by, until } = TURNS[what];
      // nobody takes a turn for so long: the clock has been set back since, and whoever took it may be dead
      const unheardOf = dialect.after(sql`${UNHEARD_OF * leaseMs}`);
      const taken = await onRow(
        name,
        sql`UPDATE ${tables.channel} SET ${by} = ${owner}, ${until} = ${dialect.after(sql`${leaseMs}`)}
          WHERE name = ${name} AND (${by} IS NULL OR ${by} = ${owner} OR ${until} IS NULL OR ${until} < ${dialect.now} OR ${until} > ${unheardOf})`,
      );
      return taken > 0;
    },

    async keepingIn(name) {
      const [row] = await engine.all(
        sql`SELECT ${dialect.msBetween(dialect.now, raw('c.keep_at'))} AS keep_in FROM ${tables.channel} c WHERE c.name = ${name}`,
      );
      return number(row?.['keep_in']);
    },

    async planKeeping(name, inMs) {
      await onRow(
        name,
        sql`UPDATE ${tables.channel} SET keep_at = ${dialect.after(sql`${Math.round(inMs)}`)} WHERE name = ${name}`,
      );
    },

    async endTurn(what, name, owner) {
      const { by, until } = TURNS[what];
      await engine.run(
        sql`UPDATE ${tables.channel} SET ${by} = NULL, ${until} = NULL WHERE name = ${name} AND ${by} = ${owner}`,
      );
    },
  };
}
