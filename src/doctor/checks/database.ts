import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { openInspection } from '../../db/health.ts';
import { DbError } from '../../lib/errors.ts';
import type { Text } from '../../lib/text.ts';
import { fail, ok, warn, type Check, type Found } from '../check.ts';

const PATIENCE_MS = 10_000;

/** Reachable, and what it is. Leaves the connection for the checks after it. */
export const database: Check = {
  name: { zh: '数据库', en: 'database' },
  async run(patient) {
    const { connection } = patient.config.database;
    if (typeof connection === 'string' && !existsSync(connection)) {
      return [
        fail(
          { zh: `没有数据库文件 ${connection}`, en: `there is no database file ${connection}` },
          {
            zh: '运行 yxt-mw schema apply 建立，或核对 database.connection。',
            en: 'Make it with "yxt-mw schema apply", or check database.connection.',
          },
        ),
      ];
    }
    const inspection = openInspection(patient.config.database, PATIENCE_MS);
    try {
      const version = await inspection.version();
      patient.database = inspection;
      const place =
        typeof connection === 'string'
          ? connection
          : connection.connectString
            ? 'connectString'
            : `${connection.host} ${connection.database}`;
      return [ok(`${version}，${place}`, `${version}, ${place}`), ...openToOthers(connection)];
    } catch (error) {
      if (!(error instanceof DbError && error.kind === 'lost')) throw error;
      // where the error has told what to do, a walk to the firewall would lead astray
      return [fail(error.text, error.remedy === null ? UNREACHED : null)];
    } finally {
      if (patient.database === null) await inspection.close();
    }
  },
};

/** A group may share the file with the bureau's program; the rest of the world has no business there. */
function openToOthers(connection: unknown): Found[] {
  if (typeof connection !== 'string' || process.platform === 'win32') return [];
  if ((statSync(connection).mode & 0o006) === 0 || (statSync(dirname(connection)).mode & 0o001) === 0) return [];
  return [
    warn(
      {
        zh: `本机其他用户能读 ${connection}，里面有短信和号码`,
        en: `other users of this machine can read ${connection}, which holds messages and numbers`,
      },
      { zh: `chmod o-rwx ${connection}*`, en: `chmod o-rwx ${connection}*` },
    ),
  ];
}

const UNREACHED: Text = {
  zh: '请看数据库是否在运行，核对 database.connection 的主机、端口和文件，以及防火墙。',
  en: 'See whether the database is running; check host, port or file in database.connection, and the firewall.',
};
