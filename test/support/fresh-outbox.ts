import { openStore } from '../../src/db/open.ts';
import type { Store } from '../../src/db/store.ts';
import { type FreshDatabase, freshDatabase } from './databases.ts';
import { type OutboxTable, outboxTable } from './outbox-table.ts';

/** A SQLite database with a store on it, new for each test of the suite. */
export interface FreshOutbox extends OutboxTable {
  readonly database: FreshDatabase;
  readonly store: Store;
}

export function freshOutbox(): FreshOutbox {
  let database: FreshDatabase;
  let store: Store;
  beforeEach(async () => {
    database = await freshDatabase('sqlite');
    store = await openStore(database.options);
  });
  afterEach(async () => {
    await store.close();
    await database.drop();
  });
  return {
    get database() {
      return database;
    },
    get store() {
      return store;
    },
    ...outboxTable(() => database),
  };
}
