// Loaded into the daemon's process (`--import …/meter.js?client=mysql`): counts the statements that its driver sends to the
// bureau's database, and tells count, CPU and memory when the bench asks. JavaScript, so that the measured process does not
// carry what it takes to read TypeScript.
import { createRequire } from 'node:module';
import { DatabaseSync, StatementSync } from 'node:sqlite';

let statements = 0;

function counted(prototype, names, counts = () => true) {
  for (const name of names) {
    const real = prototype[name];
    if (real === undefined) throw new Error(`the driver has no method ${name}`);
    prototype[name] = function (...args) {
      if (counts(this)) statements++;
      return real.apply(this, args);
    };
  }
}

function countSqlite() {
  // of the files only the bureau's; the daemon's own state is none of its concern
  const theirs = new WeakSet();
  const isTheirs = (db) => !/(state|lock)\.db$/.test(db.location() ?? '');
  const { prepare } = DatabaseSync.prototype;
  DatabaseSync.prototype.prepare = function (...args) {
    const statement = prepare.apply(this, args);
    if (isTheirs(this)) theirs.add(statement);
    return statement;
  };
  counted(StatementSync.prototype, ['all', 'run', 'get'], (statement) => theirs.has(statement));
  counted(DatabaseSync.prototype, ['exec'], isTheirs);
}

const require = createRequire(import.meta.url);
const COUNT = {
  mysql: () => counted(require('mysql2').Connection.prototype, ['query', 'execute']),
  postgres: () => counted(require('pg').Client.prototype, ['query']),
  sqlite: countSqlite,
};
COUNT[new URL(import.meta.url).searchParams.get('client')]();

process.on('message', (message) => {
  if (message !== 'meter') return;
  const { user, system } = process.cpuUsage();
  process.send({ statements, cpuS: (user + system) / 1e6, rss: process.memoryUsage.rss() });
});
process.channel?.unref();
