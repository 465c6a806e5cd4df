import { businessContract } from './business.ts';
import { failureContract } from './failures.ts';
import { schemaContract } from './schema.ts';
import { storeContract } from './store.ts';

// runs where YXT_TEST_ORACLE_URL names a server
storeContract('oracle');
schemaContract('oracle');
failureContract('oracle');
businessContract('oracle');
