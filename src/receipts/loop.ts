import type { Store } from '../db/store.ts';
import { DaemonError } from '../lib/errors.ts';
import type { Text } from '../lib/text.ts';
import type { Platform } from '../platform/platform.ts';
import type { State } from '../state/open.ts';
import { noCounts, settleReceipts, type Counts, type ReceiptStore } from './settle.ts';

export interface ReceiptLog {
  info(event: string, text: Text, fields?: Record<string, string | number>): void;
  error(event: string, text: Text, fields?: Record<string, string | number>): void;
}

export interface ReceiptParts {
  readonly platform: Pick<Platform, 'report' | 'readReport'>;
  readonly store: ReceiptStore & Pick<Store, 'parkReceipts'>;
  readonly state: Pick<State, 'spool' | 'quarantine'>;
  readonly log: ReceiptLog;
}

export interface ReceiptPass {
  /** Receipts in the answers that were settled. */
  readonly took: number;
  /** True: the platform may have more right now. */
  readonly more: boolean;
}

/** Receipts per transaction. */
const CHUNK = 500;

/** An answer this large makes another one likely; how many the platform hands out at once is not documented. */
const LARGE = 100;

/**
 * One pass: fetch, spool, read, match, apply; before it, what an earlier process fetched and did not get settled.
 * The platform hands out a receipt once and asks for no confirmation, so nothing is fetched that could not be kept.
 * A replay applies nothing twice; at most the chunk during which the process died counts its late receipts and parks its unknown ones again.
 * @throws DbError, PlatformError; DaemonError `state` (disk) and `failed` (the platform answered with an error code)
 */
export async function receiptPass(p: ReceiptParts, stop: AbortSignal): Promise<ReceiptPass> {
  let took = 0;
  for (const { id, raw, settled } of p.state.spool.pending('report')) {
    if (stop.aborted) return { took, more: false };
    took += await settle(p, id, raw, settled);
  }
  if (stop.aborted) return { took, more: false };
  p.state.spool.ensureRoom();
  const { raw } = await p.platform.report();
  const fetched = await settle(p, p.state.spool.put('report', raw), raw, 0);
  return { took: took + fetched, more: fetched >= LARGE };
}

async function settle(p: ReceiptParts, id: string, raw: Buffer, settled: number): Promise<number> {
  const answer = p.platform.readReport(raw);
  const { receipts, unreadable } = answer;
  const counts = noCounts();
  counts.unreadable = unreadable.length;
  if (unreadable.length > 0) setAside(p, unreadable);
  for (let from = settled; from < receipts.length; from += CHUNK) {
    const parked = await settleReceipts(p.store, receipts.slice(from, from + CHUNK), counts);
    if (parked.length > 0) await p.store.parkReceipts(parked);
    counts.parked += parked.length;
    if (from + CHUNK < receipts.length) p.state.spool.settled(id, from + CHUNK);
  }
  p.state.spool.done(id);
  if (receipts.length > 0) logCounts(p.log, counts);
  if (answer.code !== '0') throw refused(answer.code);
  return receipts.length;
}

function refused(code: string): DaemonError {
  return new DaemonError(
    'failed',
    {
      zh: `平台对 report.do 返回代码 ${code || '（无）'}，稍后再试`,
      en: `the platform answered report.do with code ${code || '(none)'}; trying again later`,
    },
    { facts: { code } },
  );
}

function setAside(p: ReceiptParts, unreadable: readonly string[]): void {
  const records = unreadable.length;
  const { id, fresh } = p.state.quarantine.put('receipt', Buffer.from(unreadable.join(';')), 'unreadable', { records });
  if (!fresh) return;
  p.log.error(
    'receipts.unreadable',
    {
      zh: `有回执无法解析（${records} 条），已存入隔离区第 ${id} 号：请运行 yxt-mw quarantine list，并联系平台`,
      en: `unreadable receipts (${records}) are in quarantine as ${id}: see yxt-mw quarantine list, and ask the platform`,
    },
    { quarantine: id, records },
  );
}

function logCounts(log: ReceiptLog, counts: Counts): void {
  log.info(
    'receipts.batch',
    {
      zh: `回执：送达 ${counts.delivered}，未送达 ${counts.undelivered}，重复 ${counts.repeated}，迟到 ${counts.late}，暂存 ${counts.parked}`,
      en: `receipts: ${counts.delivered} delivered, ${counts.undelivered} not, ${counts.repeated} repeated, ${counts.late} late, ${counts.parked} parked`,
    },
    { ...counts },
  );
}
