// The bare loop beside which the sender's speed is reported: undici, the same request, the same simulator, the same number of
// parallel calls, and nothing else. Run as a process of its own with one argument, JSON; prints calls per second.
import { readFileSync } from 'node:fs';
import { Pool } from 'undici';
import { encodeFormGbk } from '../../src/platform/gbk.ts';
import { notice, phone } from './rows.ts';

export interface BareHttp {
  readonly url: string;
  readonly caFile: string;
  readonly calls: number;
  readonly concurrency: number;
}

const { url, caFile, calls, concurrency } = JSON.parse(process.argv[2] ?? '') as BareHttp;
const { origin, pathname } = new URL(url);
const pool = new Pool(origin, { connections: concurrency, pipelining: 1, connect: { ca: readFileSync(caFile) } });
const account = 'SpCode=000000&LoginName=demo&Password=demo-password';
const run = String(Date.now()).padStart(14, '0');
let next = 0;
let end = 0;

async function one(n: number): Promise<void> {
  const serial = `${run}${String(n).padStart(6, '0')}`;
  const fields = `&MessageContent=${encodeFormGbk(notice(n))}&UserNumber=${phone(n)}&SerialNumber=${serial}&f=1`;
  const answer = await pool.request({
    path: `${pathname}/Send.do`,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: account + fields,
  });
  const text = await answer.body.text();
  if (!text.startsWith('result=0&')) throw new Error(`the simulator refused: ${text}`);
}

async function worker(): Promise<void> {
  while (next < end) await one(next++);
}

async function loop(more: number): Promise<void> {
  end += more;
  await Promise.all(Array.from({ length: concurrency }, worker));
}

await loop(Math.ceil(calls / 4)); // warm, as the daemon is
const from = performance.now();
await loop(calls);
process.stdout.write(String(calls / ((performance.now() - from) / 1000)));
await pool.close();
