import assert from 'node:assert/strict';
import fc from 'fast-check';
import { durationText, formatDuration, parseDuration } from '../../src/lib/duration.ts';

describe('duration', () => {
  it('reads every unit', () => {
    const read = ['500ms', '3s', '2m', '72h', '30d', '0s'].map(parseDuration);
    assert.deepEqual(read, [500, 3_000, 120_000, 259_200_000, 2_592_000_000, 0]);
  });

  it('refuses what has no unit, a sign, a fraction, blanks or is beyond counting', () => {
    for (const written of ['', '3', 's', '-3s', '1.5h', '3 s', ' 3s', '3S', '3w', '1h30m', '999999999999d']) {
      assert.equal(parseDuration(written), null, written);
    }
  });

  it('says in Chinese what a sentence wants', () => {
    const said = [86_400_000, 3_600_000, 180_000, 90_000, 1_500, 0].map((ms) => durationText(ms));
    assert.deepEqual(
      said.map(({ zh }) => zh),
      ['1 天', '1 小时', '3 分钟', '90 秒', '1500 毫秒', '0 毫秒'],
    );
    assert.deepEqual(
      said.map(({ en }) => en),
      ['1d', '1h', '3m', '90s', '1500ms', '0ms'],
    );
  });

  it('writes the shortest exact form, which reads back as the same', () => {
    assert.deepEqual([1_500, 180_000, 259_200_000, 0].map(formatDuration), ['1500ms', '3m', '3d', '0ms']);
    fc.assert(fc.property(fc.nat(10_000_000_000), (ms) => parseDuration(formatDuration(ms)) === ms));
  });
});
