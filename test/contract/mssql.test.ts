import { businessContract } from './business.ts';
import { failureContract } from './failures.ts';
import { schemaContract } from './schema.ts';
import { storeContract } from './store.ts';

// runs where YXT_TEST_MSSQL_URL names a server
storeContract('mssql');
schemaContract('mssql');
failureContract('mssql');
businessContract('mssql');
