import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { BareHttp } from './bare-http.ts';
import { insertRows } from './rows.ts';
import type { Place } from './place.ts';

const run = promisify(execFile);

async function measured(file: string, argument: unknown): Promise<number> {
  const script = fileURLToPath(new URL(file, import.meta.url));
  const { stdout } = await run(process.execPath, [script, JSON.stringify(argument)]);
  return Number(stdout);
}

/** Calls per second of the bare HTTP loop against this place's simulator. */
export function bareHttp({ simulator }: Place, calls: number, concurrency: number): Promise<number> {
  const options: BareHttp = { url: simulator.url, caFile: simulator.caFile, calls, concurrency };
  return measured('bare-http.ts', options);
}

/** Rows per second of the bare SQL loop on this place's database. */
export async function bareSql({ database }: Place, rows: number): Promise<number> {
  await insertRows(database, { count: rows, same: true });
  return measured('bare-sql.ts', database.options);
}
