import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { checkConfig } from '../../src/config/check.ts';
import { initialConfig } from '../../src/config/init.ts';
import { temporaryDir } from '../support/temporary.ts';

/** The blocks that an admin copies out of docs/domestic-databases. */
const blocks = (file: string): string[] => {
  const text = readFileSync(new URL(`../../docs/${file}`, import.meta.url), 'utf8');
  return [...text.matchAll(/```yaml\n(.*?)```/gs)].map(([, block]) => block ?? '');
};

describe('the settings for domestic databases', () => {
  let dir: string;
  before(() => (dir = temporaryDir()));

  it('say the same in both languages', () => {
    assert.deepEqual(blocks('domestic-databases.md'), blocks('domestic-databases.zh-CN.md'));
    assert.equal(blocks('domestic-databases.md').length, 4);
  });

  for (const [i, block] of blocks('domestic-databases.md').entries()) {
    const { database } = parse(block) as { database: { client: 'mysql'; connection: { port: number } } };
    it(`are accepted as they stand: ${i + 1}, ${database.client} at port ${database.connection.port}`, () => {
      const whole = parse(initialConfig({ client: database.client })) as Record<string, unknown>;
      const file = join(dir, `${i}.yaml`);
      writeFileSync(file, stringify({ ...whole, database }), { mode: 0o600 });
      const { problems, config } = checkConfig(file, { YXT_DB_PASSWORD: 'p', YXT_PASSWORD: 'p' });
      assert.deepEqual(problems, []);
      assert.equal(config?.database.client, database.client);
    });
  }
});
