import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Loose, readLooseArray } from '../../src/platform/json.ts';

/** JSON.parse, with numbers as they were written. */
function strict(text: string): unknown {
  return JSON.parse(text, ((_key: string, value: unknown, { source }: { source?: string }) =>
    typeof value === 'number' ? source : value) as (key: string, value: unknown) => unknown);
}

function one(text: string): Loose | undefined {
  const { items, rest } = readLooseArray(text);
  assert.equal(rest, '', text);
  assert.equal(items.length, 1, text);
  return items[0];
}

describe('readLooseArray', () => {
  it('reads every valid JSON as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue({ maxDepth: 6, stringUnit: 'binary' })), fc.nat(2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        // own keys of any name are fields, also __proto__; compared as text because of it
        assert.equal(JSON.stringify(readLooseArray(text).items), JSON.stringify(strict(text)));
        assert.equal(readLooseArray(text).rest, '');
      }),
    );
  });

  it('keeps every digit of a number', () => {
    assert.deepEqual(one('[{"id":203700000000000000001}]'), { id: '203700000000000000001' });
  });

  it('reads what some servers take for JSON', () => {
    assert.deepEqual(one("[{'mdn':'13000000001','content':'a',},]"), { mdn: '13000000001', content: 'a' });
    assert.deepEqual(one('[{mdn:13000000001, content:null}]'), { mdn: '13000000001', content: null });
    assert.deepEqual(one('[{"content":"line\r\nnext\tline\u0000"}]'), { content: 'line\r\nnext\tline\u0000' });
    assert.deepEqual(one('[{"content":"他说"你好"。","id":"1"}]'), { content: '他说"你好"。', id: '1' });
    assert.deepEqual(one(`[{"content":"it's" }]`), { content: "it's" });
    assert.deepEqual(one('[{"content":"a \\q \\u12 \\u4f60"}]'), { content: 'a q u12 你' });
  });

  it('lets nobody overwrite the sender in front of his text', () => {
    const forged = '[{"mdn":"13000000001","content":"x","mdn":"13000000002","id":"1"}]';
    assert.deepEqual(one(forged), { mdn: '13000000001', content: 'x', id: '1' });
  });

  it('keeps what came before the point where it stops making sense', () => {
    assert.deepEqual(readLooseArray('[{"id":"1"},{"id":"2"},{"id":'), {
      items: [{ id: '1' }, { id: '2' }],
      rest: null,
    });
    assert.deepEqual(readLooseArray('<html>'), { items: [], rest: null });
    assert.deepEqual(readLooseArray('[1]&id=7'), { items: ['1'], rest: '&id=7' });
    assert.deepEqual(readLooseArray('['.repeat(100_000)), { items: [], rest: null });
  });

  it('loses one object that makes no sense, not those behind it', () => {
    const torn = `{"id":"2","content":"say "hi", he said","mdn":"13000000001"}`;
    assert.deepEqual(readLooseArray(`[{"id":"1"}, ${torn} , {"id":"3"},${torn},{"id":"4"}]&x=`), {
      items: [{ id: '1' }, { id: '3' }, { id: '4' }],
      rest: null,
    });
    assert.deepEqual(readLooseArray(`[${torn}]`), { items: [], rest: null });
    assert.deepEqual(readLooseArray(`[{"id":"1","content":"he said "}]&x="},{"id":"2"}]`), {
      items: [{ id: '1', content: 'he said ' }, { id: '2' }],
      rest: null,
    });
    const objects = fc.array(fc.dictionary(fc.string(), fc.string({ unit: 'binary' })), { minLength: 1 });
    fc.assert(
      fc.property(objects, objects, (before, after) => {
        const json = (list: object[]): string => JSON.stringify(list).slice(1, -1);
        const { items, rest } = readLooseArray(`[${json(before)},${torn},${json(after)}]`);
        assert.equal(JSON.stringify(items), JSON.stringify([...before, ...after]));
        assert.equal(rest, null);
      }),
    );
  });

  it('never throws, whatever comes', () => {
    const nearly = fc.tuple(fc.jsonValue(), fc.nat(200), fc.string({ maxLength: 3 })).map(([value, at, noise]) => {
      const text = JSON.stringify([value]);
      return text.slice(0, at) + noise + text.slice(at + 1);
    });
    fc.assert(
      fc.property(fc.oneof(fc.string(), nearly, fc.stringMatching(/^[[\]{}"',:\\ a1]{0,40}$/)), (text) => {
        readLooseArray(text);
      }),
      { numRuns: 2000 },
    );
  });
});
