import { businessContract } from './business.ts';
import { failureContract } from './failures.ts';
import { plansContract } from './plans.ts';
import { schemaContract } from './schema.ts';
import { storeContract } from './store.ts';
import { unseenContract } from './unseen.ts';

storeContract('mysql');
plansContract('mysql');
schemaContract('mysql');
failureContract('mysql');
businessContract('mysql');
unseenContract('mysql');
