import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { OutboxRow } from '../../src/db/store.ts';
import type { Checked } from '../../src/outbound/check.ts';
import { group } from '../../src/outbound/group.ts';

type Ready = Extract<Checked, { ok: true }>;

let ids = 0;
type Given = OutboxRow & { text: string; norm: string; segments: number; templateId: string };
function ready(given: Partial<Given> = {}): Ready {
  const { text = '您好', norm = '13800130001', segments = 1, templateId = null, ...row } = given;
  const full: OutboxRow = {
    id: String(++ids),
    phone: norm,
    content: text,
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
    ...row,
  };
  return { ok: true, row: full, text, phone: norm, segments, templateId, message: null, sendableMs: Infinity };
}

const phoneOf = (n: number): string => `138001${String(n).padStart(5, '0')}`;
const make = (rows: readonly Ready[], size = 1000) =>
  group(
    rows,
    () => size,
    (r) => `key ${r.row.id}`,
  );
const membersOf = (rows: readonly Ready[], size?: number): string[][] =>
  make(rows, size).map((g) => g.members.map(({ member }) => member.id));

describe('groups', () => {
  it('hold the rows of one text and extension, in order, each with its phone, its serial before and its journal key', () => {
    const rows = [
      ready({ norm: phoneOf(1), prevSerial: '20261123101500000001' }),
      ready({ norm: phoneOf(2), text: '另一条', extNo: '01' }),
      ready({ norm: phoneOf(3) }),
    ];
    const [a, b, c] = rows.map((r) => r.row.id);
    assert.deepEqual(make(rows), [
      {
        text: '您好',
        extNo: null,
        templateId: null,
        segments: 1,
        sendableMs: Infinity,
        members: [
          { member: { id: a, phone: phoneOf(1), prev: '20261123101500000001' }, key: `key ${a}` },
          { member: { id: c, phone: phoneOf(3), prev: null }, key: `key ${c}` },
        ],
      },
      {
        text: '另一条',
        extNo: '01',
        templateId: null,
        segments: 1,
        sendableMs: Infinity,
        members: [{ member: { id: b, phone: phoneOf(2), prev: null }, key: `key ${b}` }],
      },
    ]);
  });

  it('do not mix extensions, and take an empty one for none', () => {
    const rows = [null, '', '1', '01', '1', null].map((extNo, i) => ready({ extNo, norm: phoneOf(i) }));
    const [a, b, c, d, e, f] = rows.map((r) => r.row.id);
    assert.deepEqual(membersOf(rows), [[a, b, f], [c, e], [d]]);
    assert.deepEqual(
      make(rows).map((g) => g.extNo),
      [null, '1', '01'],
    );
  });

  it('do not mix templates, though they may make the same text', () => {
    const rows = [null, '1000000000001', '1000000000002', null, '1000000000001'].map((templateId, i) =>
      ready({ ...(templateId && { templateId }), norm: phoneOf(i) }),
    );
    const [a, b, c, d, e] = rows.map((r) => r.row.id);
    assert.deepEqual(membersOf(rows), [[a, d], [b, e], [c]]);
  });

  it('do not care for what the platform does not see: reference, source, category, age', () => {
    const rows = [
      ready({ norm: phoneOf(1), category: 'CARD', ageMs: 5 }),
      ready({ norm: phoneOf(2), category: 'CODE', inboxId: '7', createdAt: '2025-01-01 00:00:00.000' }),
    ];
    assert.equal(make(rows).length, 1);
  });

  it('never hold a number twice: the second row opens the next call', () => {
    const [a, b, c] = [ready(), ready(), ready({ norm: phoneOf(2) })];
    assert.deepEqual(membersOf([a, b, c]), [[a.row.id], [b.row.id, c.row.id]]);
  });

  it('leave a row alone that is to go alone', () => {
    const rows = [1, 2, 3, 4].map((n) => ready({ norm: phoneOf(n), solo: n === 2 }));
    const [a, b, c, d] = rows.map((r) => r.row.id);
    assert.deepEqual(membersOf(rows), [[a, c, d], [b]]);
  });

  it('are no larger than a call may be, which depends on the parts of the text', () => {
    const rows = Array.from({ length: 25 }, (_, i) => ready({ norm: phoneOf(i) }));
    assert.deepEqual(
      membersOf(rows, 10).map((g) => g.length),
      [10, 10, 5],
    );
    const long = rows.map((r) => ({ ...r, segments: 4 }));
    const sizes = group(
      long,
      (segments) => 20 / segments,
      (r) => r.row.id,
    ).map((g) => g.members.length);
    assert.deepEqual(sizes, [5, 5, 5, 5, 5]);
  });

  it('hold every row exactly once, whatever the rows', () => {
    const anyRow = fc.record({
      text: fc.constantFrom('您好', '再见', '您好\n1'),
      extNo: fc.constantFrom(null, '', '1'),
      norm: fc.nat(8).map(phoneOf),
      solo: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(anyRow), fc.integer({ min: 1, max: 5 }), (given, size) => {
        const rows = given.map(ready);
        const groups = make(rows, size);
        const seen = groups.flatMap((g) => g.members.map(({ member }) => member.id));
        assert.deepEqual(seen.toSorted(), rows.map((r) => r.row.id).toSorted());
        for (const { text, extNo, members } of groups) {
          const own = rows.filter((r) => members.some(({ member }) => member.id === r.row.id));
          assert.ok(members.length <= size);
          assert.equal(new Set(members.map(({ member }) => member.phone)).size, members.length);
          assert.ok(own.every((r) => r.text === text && (r.row.extNo || null) === extNo));
          assert.ok(members.length === 1 || own.every((r) => !r.row.solo));
          const order = members.map(({ member }) => Number(member.id));
          assert.deepEqual(
            order,
            order.toSorted((x, y) => x - y),
          );
        }
      }),
    );
  });
});
