import type { Store } from '../db/store.ts';
import { DaemonError, PlatformError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { Text } from '../lib/text.ts';
import type { Fetched, Platform } from '../platform/platform.ts';
import type { State } from '../state/open.ts';
import { replay } from '../state/replay.ts';
import { noCounts, settleReceipts, type Counts, type ReceiptStore } from './settle.ts';

export interface ReceiptParts {
  readonly platform: Pick<Platform, 'report' | 'readReport'>;
  readonly store: ReceiptStore & Pick<Store, 'parkReceipts'>;
  readonly state: Pick<State, 'spool' | 'quarantine'>;
  readonly log: Pick<Log, 'info' | 'error' | 'state'>;
  /** Answers that the disk did not take and the database has not got yet: all that there is of them. */
  readonly inHand: Buffer[];
  /** Told what the receipts of an answer have said. */
  readonly onSettled?: (counts: Counts) => void;
  /** Asked before anything is fetched: may be another daemon's to do. */
  readonly mayFetch: () => Promise<boolean>;
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

/** Of what came in place of answers no more is kept: a login page every half minute is not to fill the disk. */
const MOST_PAGE_BYTES = 16 * 2 ** 20;

/**
 * One pass: fetch, spool, read, match, apply; before it, what an earlier process fetched and did not get settled.
 * The platform hands out a receipt once and asks for no confirmation, so nothing is fetched that could not be kept.
 * A replay applies nothing twice; at most the chunk during which the process died counts its late receipts and parks its unknown ones again.
 * @throws DbError, PlatformError; DaemonError `state` (disk) and `failed` (the platform answered with an error code)
 */
export async function receiptPass(p: ReceiptParts, stop: AbortSignal): Promise<ReceiptPass> {
  const { spool } = p.state;
  let took = 0;
  for (const { id, raw, settled } of replay(p.state, p.log, 'report')) {
    if (stop.aborted) return { took, more: false };
    took += await settle(p, raw, settled, spooled(p, id));
  }
  took += await settleInHand(p);
  if (stop.aborted || !(await p.mayFetch())) return { took, more: false };
  spool.ensureRoom();
  const { raw, cut } = await fetch(p);
  if (cut === true) p.log.error('receipts.cut', CUT);
  const fetched = await settleFresh(p, raw);
  return { took: took + fetched, more: fetched >= LARGE };
}

/** What is no answer at all is kept, too: it may hold receipts that nobody will hand out again. */
async function fetch(p: ReceiptParts): Promise<Fetched> {
  try {
    const fetched = await p.platform.report();
    p.log.state(PAGE, null);
    return fetched;
  } catch (error) {
    if (error instanceof PlatformError && error.raw !== null) setPageAside(p, error.raw);
    throw error;
  }
}

async function settleFresh(p: ReceiptParts, raw: Buffer): Promise<number> {
  let id: string;
  try {
    id = p.state.spool.put('report', raw);
  } catch (error) {
    // the disk has filled up since `ensureRoom`; the answer is in hand and will not come again
    p.inHand.push(raw);
    await settleInHand(p);
    throw error;
  }
  return settle(p, raw, 0, spooled(p, id));
}

/** What found no place on disk: it waits for the database in memory. */
async function settleInHand(p: ReceiptParts): Promise<number> {
  let took = 0;
  for (const raw of [...p.inHand]) {
    took += await settle(p, raw, 0, (_records, all) => {
      if (all) p.inHand.shift();
    });
  }
  return took;
}

/** Told how many records, from the first, are committed; `all` with the last. */
type Progress = (records: number, all: boolean) => void;

function spooled({ state: { spool } }: ReceiptParts, id: string): Progress {
  return (records, all) => {
    if (all) spool.done(id);
    else spool.settled(id, records);
  };
}

async function settle(p: ReceiptParts, raw: Buffer, settled: number, progress: Progress): Promise<number> {
  const { code, receipts, unreadable } = p.platform.readReport(raw);
  const counts = noCounts();
  counts.unreadable = unreadable.length;
  if (unreadable.length > 0) setAside(p, unreadable);
  for (let from = settled; from < receipts.length; from += CHUNK) {
    const parked = await settleReceipts(p.store, receipts.slice(from, from + CHUNK), counts);
    if (parked.length > 0) await p.store.parkReceipts(parked);
    counts.parked += parked.length;
    if (from + CHUNK < receipts.length) progress(from + CHUNK, false);
  }
  progress(receipts.length, true);
  p.onSettled?.(counts);
  if (receipts.length + unreadable.length > 0) p.log.info('receipts.batch', sentence(counts), { ...counts });
  if (code !== '0') throw refused(code);
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
      zh: `有回执无法解析（${records} 条），已存入隔离区第 ${id} 号：请运行 yxt-mw quarantine show ${id}，并联系平台`,
      en: `unreadable receipts (${records}) are in quarantine as ${id}: see yxt-mw quarantine show ${id}, and ask the platform`,
    },
    { quarantine: id, records },
  );
}

const PAGE = 'receipts.page';

function setPageAside(p: ReceiptParts, raw: Buffer): void {
  const { id } = p.state.quarantine.put('page', raw, 'no-result', { bytes: raw.length });
  p.state.quarantine.thin('page', MOST_PAGE_BYTES);
  p.log.state(
    PAGE,
    {
      zh: `report.do 得到的不是平台的应答（没有 result=，多为代理或防火墙的页面），已存入隔离区第 ${id} 号：请运行 yxt-mw quarantine show ${id}，看里面有没有回执`,
      en: `what report.do got is no answer of the platform (no result=; mostly a page of a proxy or firewall); it is in quarantine as ${id}: see with yxt-mw quarantine show ${id} whether it holds receipts`,
    },
    { level: 'error', fields: { quarantine: id } },
  );
}

const CUT: Text = {
  zh: '回执应答没有收完连接就断了；收到的照常处理，其余的平台可能不再给出，相应的短信到期会记为 UNKNOWN：经常出现请检查网络，需要时凭流水号向平台核对',
  en: 'the connection broke before all receipts of an answer were here; those that came count, the platform may not hand out the others again, and their rows end as UNKNOWN: check the network if it happens often, and ask the platform by the serials where it matters',
};

const WORDS: Readonly<Record<keyof Counts, Text>> = {
  delivered: { zh: '送达', en: 'delivered' },
  undelivered: { zh: '未送达', en: 'not delivered' },
  kept: { zh: '先于提交结果到达', en: 'ahead of the answer to their submission' },
  repeated: { zh: '重复', en: 'repeated' },
  late: { zh: '属于更早的提交', en: 'for an earlier submission' },
  parked: { zh: '暂无对应短信，暂存', en: 'without a row yet, parked' },
  unreadable: { zh: '无法解析', en: 'unreadable' },
};

/** Only what there is. */
function sentence(counts: Counts): Text {
  const some = (Object.keys(WORDS) as (keyof Counts)[]).filter((name) => counts[name] > 0);
  return {
    zh: `回执：${some.map((name) => `${WORDS[name].zh} ${counts[name]}`).join('，')}`,
    en: `receipts: ${some.map((name) => `${counts[name]} ${WORDS[name].en}`).join(', ')}`,
  };
}
