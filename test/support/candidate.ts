import type { OutboxRow } from '../../src/db/store.ts';

/** A row that is due, as a claim reads it. */
export function candidate(given: Partial<OutboxRow> = {}): OutboxRow {
  return {
    id: '1',
    phone: '13800130001',
    content: '您好',
    templateCode: null,
    params: null,
    msgType: 'SMS',
    category: 'NOTICE',
    priority: 5,
    extNo: null,
    inboxId: null,
    channel: null,
    source: null,
    bizId: null,
    expiresInMs: null,
    ageMs: 0,
    createdAt: '2026-11-23 10:15:00.000',
    prevSerial: null,
    requeued: false,
    lastCode: null,
    overruled: null,
    solo: false,
    inFlight: false,
    mark: '1',
    ...given,
  };
}
