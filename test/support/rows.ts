import type { ClaimItem, Heartbeat, NewSubmit, OutboxRow, RowResult, Store, SubmitResult } from '../../src/db/store.ts';

let serials = 0;

/** Who opens submissions, where a test says nothing else. */
export const OWNER = 'idA.b1';

/** A serial that no test has used. */
export const serial = (): string => `20261123${String(++serials).padStart(12, '0')}`;

/** A claimed row with the serial that the claim gave it. */
export interface Mine {
  readonly row: OutboxRow;
  readonly serial: string;
}

/** What a claim writes into a candidate. */
export const claimItem = (row: OutboxRow): ClaimItem => ({
  id: row.id,
  serial: serial(),
  phoneNorm: row.phone,
  segments: 1,
  prevSerial: row.prevSerial,
  resetByHand: !row.requeued && (row.prevSerial !== null || row.lastCode !== null),
  mark: row.mark,
});

/** Claims everything due of one priority, a serial for each row. */
export async function claimAll(
  store: Store,
  token: string,
  given: { priority?: number; leaseMs?: number; limit?: number } = {},
): Promise<Mine[]> {
  const { priority = 5, leaseMs = 60_000, limit = 1000 } = given;
  const rows = await store.candidates({ priority, limit, timed: false, spread: 1 });
  const items = rows.map((row) => claimItem(row));
  await store.claim(token, leaseMs, items);
  const of = new Map(items.map((item) => [item.id, item.serial ?? '']));
  const mine = await store.claimed(
    token,
    items.map((item) => item.id),
  );
  return rows.filter(({ id }) => mine.has(id)).map((row) => ({ row, serial: of.get(row.id) ?? '' }));
}

/** The record of one row's submission. */
export function submitOf({ row, serial: serialNo }: Mine): NewSubmit {
  const members = [{ id: row.id, phone: row.phone, prev: row.prevSerial }];
  const body = row.content ?? '';
  return { serial: serialNo, channel: 'main', body, extNo: null, templateId: null, priority: 5, segments: 1, members };
}

export function rowResult({ row, serial: serialNo }: Mine, given: Partial<RowResult> = {}): RowResult {
  return {
    id: row.id,
    serial: serialNo,
    owner: OWNER,
    status: 'SENT',
    code: '0',
    text: '平台已接收',
    taskId: 'task',
    delayMs: 0,
    solo: false,
    posts: 1,
    ...given,
  };
}

export function submitResult({ serial: serialNo }: Mine, given: Partial<SubmitResult> = {}): SubmitResult {
  return {
    serial: serialNo,
    owner: OWNER,
    state: 'ACCEPTED',
    code: '0',
    text: '平台已接收',
    taskId: 'task',
    nextInMs: 3_600_000,
    unknownCode: false,
    ...given,
  };
}

export function heartbeat(given: Partial<Heartbeat> = {}): Heartbeat {
  return {
    identity: 'idA',
    boot: 'b1',
    instance: 'node-1',
    host: 'localhost',
    pid: 1,
    version: '0.1.0',
    state: 'RUNNING',
    channelState: 'OPEN',
    lastError: null,
    trouble: null,
    sentMinute: 0,
    sentToday: 0,
    ...given,
  };
}
