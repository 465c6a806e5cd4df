import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import type { Outcome } from '../../src/demo/outcome.ts';
import { launch } from '../support/command-line.ts';
import { temporaryDir } from '../support/temporary.ts';

describe('yxt-mw demo, as a real process', function () {
  this.timeout(90_000);
  it('sends each message once, refuses each faulty one, answers the citizen and leaves nothing behind', async () => {
    const tmp = temporaryDir();
    const env = { LANG: 'zh_CN.UTF-8', YXT_PASSWORD: undefined, TMPDIR: tmp, TMP: tmp, TEMP: tmp };
    const { code, out, err } = await launch(tmp, ['demo', '--json'], env).ended;
    assert.equal(code, 0, err + out);

    const outcome = JSON.parse(out) as Outcome;
    assert.equal(outcome.accepted, 202);
    assert.equal(outcome.doubled, 0);
    assert.deepEqual(outcome.byStatus, { DELIVERED: 201, UNDELIVERED: 1, REJECTED: 7, HELD: 1, EXPIRED: 1 });
    assert.deepEqual(
      outcome.refused.map((row) => row.result_code),
      [
        'BAD_PHONE',
        'EMPTY',
        'TOO_LONG',
        'UNENCODABLE',
        'GARBLED',
        'STALE',
        'UNSUPPORTED',
        'BLOCKED_WORD',
        'BAD_PARAMS',
      ],
    );
    assert.ok(outcome.refused.every((row) => row.result_text));
    assert.match(outcome.reply ?? '', /张\*\*，尾号 0001 .*1234\.56 元/);
    assert.match(outcome.legacyReply ?? '', /已缴费 12 个月/);
    assert.deepEqual(readdirSync(tmp), []);
  });
});
