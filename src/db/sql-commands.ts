import type { Row } from './dialect.ts';
import type { OperateStore, SqlCommand } from './operate-store.ts';
import { num, str, text, type Db } from './rows.ts';
import { raw, sql, unindexed, whole, type Sql } from './sql.ts';

/** Open commands that are looked at: more than people give at once. */
const MOST = 200;

/** The table by which people with nothing but SQL give commands. */
export function sqlCommandVerbs({
  engine,
  dialect,
  tables,
}: Db): Pick<OperateStore, 'takeCommand' | 'doneAfter' | 'endCommand'> {
  const { command } = tables;
  const columns = sql`${dialect.idText(raw('id'))} AS picked, command, status, ${dialect.idText(raw('row_id'))} AS row_id, biz_id, category, instance,
    reason, created_by, ${dialect.msBetween(raw('created_at'), dialect.now)} AS age_ms, ${dialect.idText(raw('last_row'))} AS last_row, changed`;
  const byId = (id: string): Sql => dialect.inList(raw('id'), 'id', [id]);
  const open = sql`(status = 'NEW' OR (status = 'RUNNING' AND lease_until < ${dialect.now}))`;

  return {
    async takeCommand(owner, instance, leaseMs, staleMs, only) {
      const rows = await engine.all(
        dialect.limited(
          sql`SELECT ${columns} FROM ${dialect.passing(command, '')} WHERE status IN ('NEW', 'RUNNING') AND ${unindexed(open)}`,
          MOST,
          raw('id'),
        ),
      );
      const wanted = rows
        .map(readCommand)
        .filter((c) => c.instance === null || c.instance === instance || c.ageMs > staleMs)
        .filter((c) => only === undefined || only.includes(c.command));
      for (const found of wanted) {
        const taken = await engine.run(
          dialect.updateByKey(
            command,
            sql`status = 'RUNNING', owner = ${owner}, lease_until = ${dialect.after(sql`${leaseMs}`)}`,
            sql`${byId(found.id)} AND ${unindexed(open)}`,
          ),
        );
        if (taken > 0) return found;
      }
      return null;
    },

    async doneAfter(id) {
      const later = sql`id > ${whole(BigInt(id))}`;
      const rows = await engine.all(
        sql`SELECT DISTINCT command FROM ${dialect.passing(command, '')} WHERE status = 'DONE' AND ${later}`,
      );
      return new Set(rows.map((row) => kindOf(row['command'])));
    },

    async endCommand(id, owner, status, result) {
      const ended = await engine.run(
        dialect.updateByKey(
          command,
          sql`status = ${status}, result = ${dialect.text(result)}, done_at = ${dialect.now}, lease_until = NULL`,
          sql`${byId(id)} AND ${unindexed(sql`status = 'RUNNING' AND owner = ${owner}`)}`,
        ),
      );
      return ended > 0;
    },
  };
}

/** As people write it, in any case and with blanks. */
const kindOf = (command: unknown): string => str(command).trim().toUpperCase();

function readCommand(row: Row): SqlCommand {
  const word = (name: string): string | null => text(row[name])?.trim() || null;
  return {
    id: str(row['picked']),
    command: kindOf(row['command']),
    rowId: text(row['row_id']),
    bizId: word('biz_id'),
    category: word('category'),
    instance: word('instance'),
    reason: word('reason'),
    createdBy: word('created_by'),
    ageMs: num(row['age_ms']),
    takenOver: str(row['status']) === 'RUNNING',
    lastRow: text(row['last_row']),
    changed: num(row['changed']),
  };
}
