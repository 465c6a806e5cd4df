import assert from 'node:assert/strict';
import { billOf, dayAfter, daysOf } from '../../src/billing/bill.ts';
import { liOf, yuan } from '../../src/billing/money.ts';
import { chargeOf, PLANS } from '../../src/billing/tariff.ts';
import type { Balance, Tally } from '../../src/db/keeping-store.ts';
import type { RowStatus } from '../../src/db/store.ts';

const tally = (day: string, status: RowStatus, rows: number, parts: number, msgType = 'SMS'): Tally => ({
  ...{ day, status, rows, parts, msgType },
  ...{ category: 'NOTICE', carrier: 'unicom', waitMs: 0, receiptMs: 0 },
});
const balance = (day: string, messages: number, at = '00:01:02.000'): Balance => ({
  day,
  messages,
  takenAt: `${day} ${at}`,
});

describe('bill', () => {
  it('counts money in whole thousandths and shows it in yuan', () => {
    assert.deepEqual([0, 5, 100, 42_150, 1_234_567, -50].map(yuan), [
      '0.00',
      '0.005',
      '0.10',
      '42.15',
      '1234.567',
      '-0.05',
    ]);
    assert.deepEqual([0.1, 0.29, 0.057, 10].map(liOf), [100, 290, 57, 10_000]);
  });

  it('knows the days of a month', () => {
    assert.deepEqual(daysOf('2026-02'), { from: '2026-02-01', to: '2026-03-01' });
    assert.deepEqual(daysOf('2026-12'), { from: '2026-12-01', to: '2027-01-01' });
    assert.equal(dayAfter('2028-02-28'), '2028-02-29');
  });

  // by hand: 3,900 short ones, 100 long ones of three parts, 20 e信: 4,200 parts.
  //   50: 4,200 × 0.10 + 20 × 0.18 = 423.60    100: 420.00 + 3.20 = 423.20    300: 378.00 + 3.00 = 381.00
  //  500: 336.00 + 2.80 = 338.80, at least 500    1200, 2000, 5000: less than the fee
  const month = [
    tally('2026-10-31', 'DELIVERED', 999, 999), // another month
    tally('2026-11-01', 'DELIVERED', 3000, 3000),
    tally('2026-11-02', 'UNDELIVERED', 400, 400), // billed all the same
    tally('2026-11-02', 'UNKNOWN', 300, 300),
    tally('2026-11-30', 'SENT', 200, 200),
    tally('2026-11-30', 'DELIVERED', 100, 300),
    tally('2026-11-15', 'DELIVERED', 20, 20, 'EXIN'),
    tally('2026-11-03', 'FAILED', 50, 50), // refused by the platform, or by us: not billed
    tally('2026-11-03', 'REJECTED', 50, 50),
    tally('2026-12-01', 'DELIVERED', 7, 7),
  ];

  it('is that of a month counted by hand', () => {
    const bill = billOf('2026-11', month, [], 500);
    assert.deepEqual([bill.smsParts, bill.exins], [4200, 20]);
    assert.deepEqual(
      bill.charges.map(({ fee, usedLi, payLi }) => [fee, yuan(usedLi), yuan(payLi)]),
      [
        [50, '423.60', '423.60'],
        [100, '423.20', '423.20'],
        [300, '381.00', '381.00'],
        [500, '338.80', '500.00'],
        [1200, '296.40', '1200.00'],
        [2000, '254.20', '2000.00'],
        [5000, '212.00', '5000.00'],
      ],
    );
    assert.equal(bill.inForce?.payLi, 500_000);
    assert.equal(bill.cheapest?.fee, 300);
  });

  it('names the smaller of two plans that cost the same, and none in force where none is configured', () => {
    const bill = billOf('2026-11', [], [], null);
    assert.equal(bill.inForce, null);
    assert.deepEqual([bill.cheapest?.fee, bill.cheapest?.payLi], [50, 50_000]);
    const same = PLANS.slice(0, 2).map((plan) => chargeOf(plan, { smsParts: 1000, exins: 0 }).payLi);
    assert.deepEqual(same, [100_000, 100_000]);
    assert.equal(billOf('2026-11', [tally('2026-11-01', 'SENT', 1000, 1000)], [], null).cheapest?.fee, 50);
  });

  it('compares what was sent with what the platform took, on days of which both ends are known', () => {
    const balances = [
      balance('2026-11-01', 10_000),
      balance('2026-11-02', 7000), // took 3,000, sent 3,000
      balance('2026-11-03', 6290), // took 710, sent 700
      balance('2026-11-10', 6000), // not the day after
      balance('2026-11-11', 56_000), // bought
      balance('2026-11-29', 55_000),
      balance('2026-11-30', 55_000, '09:00:00.000'), // read late
      balance('2026-12-01', 54_000),
    ];
    assert.deepEqual(billOf('2026-11', month, balances, null).balance, {
      ...{ days: 2, taken: 3710, sentParts: 3700, difference: 10 },
      toppedUp: ['2026-11-10'],
    });
    assert.equal(billOf('2026-11', month, [], null).balance.days, 0);
  });
});
