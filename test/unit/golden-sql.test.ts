import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mssql } from '../../src/db/dialects/mssql.ts';
import { oracle } from '../../src/db/dialects/oracle.ts';
import { everyStatement } from '../support/golden.ts';

/**
 * The SQL of every verb for the engines that this repository has no server of, against files that were read line by line beside the
 * vendors' documents (what they were read for: docs/sql-review.md). After a change that is meant: YXT_GOLDEN=write npx mocha <this>,
 * then read the difference in the same way.
 */
for (const dialect of [mssql, oracle]) {
  describe(`the SQL of every verb for ${dialect.name}`, () => {
    const file = new URL(`../golden/${dialect.name}.sql`, import.meta.url);

    it('is what was reviewed', async () => {
      const found = await everyStatement(dialect);
      if (process.env['YXT_GOLDEN'] === 'write') writeFileSync(file, found);
      assert.ok(existsSync(file));
      assert.equal(found, readFileSync(file, 'utf8').replaceAll('\r\n', '\n'));
    });

    it('has no value in its text, and as many places as values', async () => {
      const found = await everyStatement(dialect);
      assert.doesNotMatch(found, /13000000001|20261123000000000001|余额|idA/);
    });

    it('names the schema before every table, and before nothing else', async () => {
      const found = await everyStatement(dialect, 'gov');
      const tables = found.match(/(?:gov\.)?sms_(?:outbox|inbox|mw_[a-z]+)(?!_?\w)/g) ?? [];
      const bare = tables.filter((name) => !name.startsWith('gov.'));
      // a hint names the table without it
      assert.deepEqual(
        [...new Set(bare)],
        dialect.name === 'oracle' ? ['sms_mw_receipt', 'sms_mw_hour', 'sms_mw_stats', 'sms_mw_balance'] : [],
      );
      assert.doesNotMatch(found, /gov\.sms_\w+_ix_/);
    });
  });
}
