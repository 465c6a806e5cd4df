import type { EveryClient } from '../support/databases.ts';
import { auditCases } from './audit.ts';
import { boardCases } from './board.ts';
import { channelCases } from './channel.ts';
import { claimCases } from './claim.ts';
import { daemonCases } from './daemons.ts';
import { encodingCases } from './encodings.ts';
import { Fixture } from './fixture.ts';
import { housekeepingCases } from './housekeeping.ts';
import { inboxCases } from './inbox.ts';
import { keepingCases } from './keeping.ts';
import { lockedCases } from './locked.ts';
import { queryCases } from './queries.ts';
import { operateCases } from './operate.ts';
import { overruledCases } from './overruled.ts';
import { policyCases } from './policy.ts';
import { receiptCases } from './receipts.ts';
import { recoveryCases } from './recovery.ts';
import { refusedCases } from './refused.ts';
import { replyCases } from './replies.ts';
import { rowLockCases } from './row-locks.ts';
import { settleCases } from './settle.ts';
import { uniqueCases } from './unique.ts';

/** What every store must do, on a real database. */
export function storeContract(client: EveryClient): void {
  describe(`store on ${client}`, () => {
    const f = new Fixture(client);
    before(function () {
      return f.open(this);
    });
    after(() => f.close());
    beforeEach(() => f.empty());

    claimCases(f);
    settleCases(f);
    recoveryCases(f);
    receiptCases(f);
    inboxCases(f);
    replyCases(f);
    uniqueCases(f);
    queryCases(f);
    channelCases(f);
    operateCases(f);
    policyCases(f);
    overruledCases(f);
    daemonCases(f);
    boardCases(f);
    housekeepingCases(f);
    keepingCases(f);
    refusedCases(f);
    lockedCases(f);
    rowLockCases(f);
    encodingCases(f);
    auditCases(f);
  });
}
