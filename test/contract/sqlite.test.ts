import { businessContract } from './business.ts';
import { failureContract } from './failures.ts';
import { plansContract } from './plans.ts';
import { schemaContract } from './schema.ts';
import { storeContract } from './store.ts';
import { unseenContract } from './unseen.ts';

storeContract('sqlite');
plansContract('sqlite');
schemaContract('sqlite');
failureContract('sqlite');
businessContract('sqlite');
unseenContract('sqlite');
