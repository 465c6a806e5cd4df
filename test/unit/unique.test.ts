import assert from 'node:assert/strict';
import { type Bench, outboundBench } from '../support/outbound.ts';

const TWICE = [
  { phone: '13800130001', content: '您的社保卡已制好', biz_id: 'A-1' },
  { phone: '13800130001', content: '您的社保卡已制好', biz_id: 'A-1' },
];

// what it decides on every engine: test/contract/unique.ts
describe('outbox.uniqueBy', () => {
  let bench: Bench | null = null;
  afterEach(() => bench?.drop());

  for (const [uniqueBy, fates] of [
    ['biz_id', ['SENT 0', 'REJECTED DUPLICATE', 'REJECTED DUPLICATE']],
    [null, ['SENT 0', 'SENT 0', 'SENT 0']],
  ] as const) {
    it(`${uniqueBy ?? 'null'}: a row that comes twice, or later once more, goes ${uniqueBy ? 'once' : 'every time'}`, async () => {
      bench = await outboundBench({ config: { 'outbox.uniqueBy': uniqueBy } });
      await bench.insert(...TWICE);
      await bench.pass();
      await bench.outbound.settler.flush(new AbortController().signal);
      await bench.insert(TWICE[0] ?? {});
      await bench.pass();
      await bench.outbound.settler.flush(new AbortController().signal);
      assert.deepEqual(await bench.fates(), fates);
      assert.equal(bench.simulator.stats().accepted, fates.filter((fate) => fate === 'SENT 0').length);
    });
  }
});
