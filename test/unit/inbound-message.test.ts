import assert from 'node:assert/strict';
import fc from 'fast-check';
import { incoming, LIMITS, poorer } from '../../src/inbound/message.ts';
import type { ReplyMessage } from '../../src/platform/platform.ts';

const reading = { accessNo: '106900000000001', separators: '#' };
const reply = (over: Partial<ReplyMessage> = {}): ReplyMessage => ({
  id: '2037000001',
  accessNo: '106900000000001',
  phone: '13000000001',
  content: 'sbye#6222000000000001',
  receivedAt: '2026-11-23 10:14:31',
  ...over,
});
const one = (over: Partial<ReplyMessage> = {}) => incoming([reply(over)], reading)[0]!;
const keys = (...replies: ReplyMessage[]): string[] => incoming(replies, reading).map((m) => m.message.key);

describe('a message from a citizen', () => {
  it('is stored as it was written, with keyword and arguments beside it', () => {
    const { message, faults } = one({
      accessNo: '10690000000000188',
      content: 'ｓｂｙｅ＃62\u001b',
    });
    assert.deepEqual(faults, []);
    assert.deepEqual(message, {
      key: message.key,
      platformId: '2037000001',
      phone: '13000000001',
      content: 'ｓｂｙｅ＃62\u001b',
      accessNo: '10690000000000188',
      extNo: '88',
      keyword: 'SBYE',
      args: '62',
      receivedAt: '2026-11-23 10:14:31',
    });
    assert.equal(one().message.extNo, null);
    assert.equal(one({ accessNo: '1065' }).message.extNo, null, 'not our number: no extension of it');
    assert.equal(one({ accessNo: ' ' }).message.accessNo, reading.accessNo);
    assert.equal(one({ content: '' }).message.content, null);
    assert.equal(one({ content: '字'.repeat(41) }).message.keyword, null, 'prose is no keyword');
  });

  it('is known again in a repeat, and told from every other', () => {
    assert.deepEqual(keys(reply()), keys(reply()));
    assert.equal(keys(reply(), reply()).length, 1, 'twice in one answer');
    assert.equal(keys(reply(), reply({ id: '2037000002' })).length, 2);
    assert.equal(keys(reply(), reply({ content: 'other' })).length, 2, 'an id used twice by the platform');
    assert.equal(keys(reply(), reply({ phone: '13000000002' })).length, 2);
    assert.ok(keys(reply({ id: 'x'.repeat(500) }))[0]!.length <= 40);
  });

  it('without an id is told by sender, time, text and its place among equal ones', () => {
    const bare = reply({ id: null });
    const other = reply({ id: null, content: 'other' });
    const first = keys(bare, other, bare);
    assert.equal(new Set(first).size, 3);
    assert.deepEqual(keys(other, bare, bare).sort(), [...first].sort(), 'whatever else the answer holds');
    assert.notDeepEqual(keys(bare), keys(reply({ id: null, receivedAt: null })));
  });

  it('is stored as far as possible when it does not fit, and says which columns', () => {
    const long = one({
      content: `${'好'.repeat(999)}😀`,
      phone: '9'.repeat(30),
      id: 'x'.repeat(50),
      accessNo: '1'.repeat(60),
    });
    assert.deepEqual([...long.faults].sort(), ['accessNo', 'content', 'phone', 'platformId']);
    assert.equal(long.message.content, '好'.repeat(999), 'no half character at the end');
    assert.equal(long.message.phone, '9'.repeat(20));
    const odd = one({ content: 'a\u0000b\ud800c', phone: ' ' });
    assert.deepEqual(odd.faults, ['phone', 'content']);
    assert.deepEqual([odd.message.content, odd.message.phone], ['a?b?c', '?']);
    assert.deepEqual(one({ content: '好'.repeat(1000) }).faults, []);
  });

  it('fits the columns whatever it holds, and says so exactly when something was changed', () => {
    const any = fc.string({ unit: 'binary', maxLength: 1200 });
    const replies = fc.record({
      id: fc.option(any, { nil: null }),
      accessNo: any,
      phone: any,
      content: fc.oneof(any, fc.string({ unit: 'binary', minLength: 900, maxLength: 1100 })),
      receivedAt: fc.constant(null),
    });
    fc.assert(
      fc.property(replies, (r) => {
        const { message, faults } = one(r);
        for (const [column, limit] of Object.entries(LIMITS)) {
          const value = message[column as keyof typeof LIMITS];
          if (value === null) continue;
          assert.ok(value.length <= limit, column);
          assert.ok(value.isWellFormed() && !value.includes('\0'), column);
        }
        assert.ok(message.phone !== '' && message.accessNo !== '');
        assert.equal(faults.includes('content'), (message.content ?? '') !== r.content);
      }),
    );
  });

  it('gets poorer step by step, down to nothing that a database could refuse', () => {
    const { message } = one({ content: '余额𠮷㛃é#😀' });
    const versions = [...poorer(message)];
    assert.deepEqual(
      versions.map((v) => v.content),
      ['余额?㛃é#?', '余额??é#?', '?????#?', null],
    );
    assert.ok(versions.every((v) => v.key === message.key && v.phone === message.phone));
    assert.match(JSON.stringify(versions.at(-1)), /^[ -~]*$/);
  });
});
