import assert from 'node:assert/strict';
import type { Dialect, Engine, Session } from '../../src/db/dialect.ts';
import { mysql } from '../../src/db/dialects/mysql.ts';
import { failure } from '../../src/db/failure.ts';
import { storeOf } from '../../src/db/open.ts';
import type { Sql } from '../../src/db/sql.ts';
import type { Store } from '../../src/db/store.ts';
import { DbError } from '../../src/lib/errors.ts';

/** Engines that are not what their version says; TiDB's no-op is pingcap/tidb#69720. */
describe('the try at start whether rows can be locked', () => {
  function storeOn(answer: (statement: Sql) => Promise<Record<string, unknown>[]>): { store: Store; asked: string[] } {
    const asked: string[] = [];
    const session: Session = {
      all: (statement) => {
        asked.push(statement.text);
        return answer(statement);
      },
      run: () => Promise.reject(failure('timeout', { code: 'X' })),
      insert: () => Promise.resolve(''),
    };
    const dialect: Dialect = mysql;
    const engine: Engine = {
      dialect,
      ...session,
      tx: (work) => work(session),
      version: () => Promise.resolve(''),
      close: () => Promise.resolve(),
    };
    return { store: storeOf(engine, { tables: {}, schema: null }), asked };
  }
  const release = (store: Store): Promise<number> =>
    store.release('idA.b1', ['7'], { code: null, text: null, delayMs: 0 });

  it('sees through an engine that takes the words and locks nothing, and asks it no more', async () => {
    const { store, asked } = storeOn(() => Promise.resolve([{ identity: 'idA' }]));
    assert.equal(await store.rowLocks('idA'), 'ignored');
    asked.length = 0;
    await assert.rejects(release(store), (error: unknown) => error instanceof DbError && error.kind === 'timeout');
    assert.deepEqual(asked, []);
  });

  it('takes a no for a no', async () => {
    const { store } = storeOn(() => Promise.reject(failure('other', { code: 'ER_PARSE_ERROR' })));
    assert.equal(await store.rowLocks('idA'), 'refused');
  });

  it('does not start where the line breaks', async () => {
    const { store } = storeOn(() => Promise.reject(failure('lost', { code: 'X' })));
    await assert.rejects(store.rowLocks('idA'), DbError);
  });
});
