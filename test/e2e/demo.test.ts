import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Outcome } from '../../src/demo/outcome.ts';
import { temporaryDir } from '../support/temporary.ts';

const BIN = fileURLToPath(new URL('../../bin/yxt-mw.js', import.meta.url));

describe('yxt-mw demo, as a real process', function () {
  this.timeout(90_000);
  let tmp = '';
  beforeEach(() => {
    tmp = temporaryDir();
  });

  it('sends each message once, refuses each faulty one, answers the citizen and leaves nothing behind', async () => {
    const env = { PATH: process.env['PATH'], LANG: 'zh_CN.UTF-8', TMPDIR: tmp, TMP: tmp, TEMP: tmp };
    const child = spawn(process.execPath, [BIN, 'demo', '--json'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const [out, err]: [string[], string[]] = [[], []];
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => out.push(chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => err.push(chunk));
    const code = await new Promise((done) => child.once('close', done));
    assert.equal(code, 0, err.join('') + out.join(''));

    const outcome = JSON.parse(out.join('')) as Outcome;
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
