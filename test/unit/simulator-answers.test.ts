import assert from 'node:assert/strict';
import { DEFAULT_SETTINGS } from '../../src/simulator/settings.ts';
import { formOf, nextSerial, withSimulator } from '../support/simulator-client.ts';
import { parseForm } from '../../src/simulator/form.ts';
import { VirtualPlatform } from '../../src/simulator/virtual-platform.ts';

/** The platform without the wire, with a clock that the test moves. */
function platformAt(settings: Partial<typeof DEFAULT_SETTINGS> = {}) {
  const time = { now: Date.parse('2026-11-23T02:15:00Z') };
  const platform = new VirtualPlatform(
    { ...DEFAULT_SETTINGS, ...settings },
    { wall: () => time.now, mono: () => time.now },
  );
  const account = { SpCode: '000000', LoginName: 'demo', Password: 'demo-password' };
  const call = (name: Parameters<typeof platform.answer>[0], fields: Record<string, string> = {}): string =>
    platform.answer(name, parseForm(Buffer.from(formOf({ ...account, ...fields }), 'latin1')));
  const send = (numbers: string, text = 'hello', more: Record<string, string> = {}): string => {
    const SerialNumber = nextSerial();
    call('Send', { MessageContent: text, UserNumber: numbers, SerialNumber, f: '1', ...more });
    return SerialNumber;
  };
  return { platform, time, call, send };
}

describe('simulator receipts', () => {
  it('come after their delay, once, with the status of the number', () => {
    const { time, call, send } = platformAt({
      receiptDelayMs: 1000,
      receiptStatus: { '04': '1', '5': 'UNDELIV' },
      silentEndings: ['6'],
    });
    const serial = send('13000000001,13000000004,13000000005,13000000006');
    time.now += 999;
    assert.equal(call('report'), 'result=0&out=');
    time.now += 1;
    assert.equal(
      call('report'),
      `result=0&out=${serial},13000000001,0;${serial},13000000004,1;${serial},13000000005,UNDELIV;`,
    );
    assert.equal(call('report'), 'result=0&out=');
  });

  it('are handed out up to the most of one call, in order, over several calls', () => {
    const { platform, call, send } = platformAt({ receiptDelayMs: 0, maxReceiptsPerCall: 3 });
    const a = send('13000000001,13000000002');
    const b = send('13000000003,13000000004,13000000005');
    assert.equal(call('report'), `result=0&out=${a},13000000001,0;${a},13000000002,0;${b},13000000003,0;`);
    assert.equal(call('report'), `result=0&out=${b},13000000004,0;${b},13000000005,0;`);
    assert.deepEqual([platform.stats().receiptsHandedOut, platform.stats().submissionsWithReceiptsToCome], [5, 0]);
  });

  it('may come for each part of a long text', () => {
    const { call, send } = platformAt({ receiptDelayMs: 0, receiptPerPart: true });
    const serial = send('13000000001', 'a'.repeat(140));
    assert.equal(call('report'), `result=0&out=${`${serial},13000000001,0;`.repeat(3)}`);
  });

  it('of a message put off come after its time', () => {
    const { time, call, send } = platformAt({ receiptDelayMs: 1000 });
    const serial = send('13000000001', 'later', { ScheduleTime: '20261123103000' }); // a quarter of an hour ahead
    time.now += 15 * 60_000 + 999;
    assert.equal(call('report'), 'result=0&out=');
    time.now += 1;
    assert.equal(call('report'), `result=0&out=${serial},13000000001,0;`);
  });

  it('are not kept for a refused number, nor at all when switched off', () => {
    const off = platformAt({ receipts: false, receiptDelayMs: 0 });
    off.send('13000000001');
    assert.equal(off.call('report'), 'result=0&out=');
    const refused = platformAt({ receiptDelayMs: 0 });
    const serial = refused.send('12345,13000000001');
    assert.equal(refused.call('report'), `result=0&out=${serial},13000000001,0;`);
  });
});

describe('simulator replies', () => {
  it('are answered in the documented order of fields, as GBK', () =>
    withSimulator({}, async (simulator, client) => {
      assert.equal(await client.call('reply'), 'result=0');
      simulator.citizenWrites('13000000001', '查询&a=b"', '01');
      const answer = await client.call('reply');
      assert.match(
        answer,
        /^result=0&confirm_time=&id=(\d{11,12})&replys=\[\{"callmdn":"10690000000000101","mdn":"13000000001","content":"查询&a=b\\"","reply_time":"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d","id":"\1"\}\]$/,
      );
    }));

  it('come again, and nothing newer with them, until the last id is confirmed', () => {
    const { platform, call, time } = platformAt({ maxRepliesPerCall: 2 });
    for (const content of ['a', 'b', 'c']) platform.citizenWrites('13000000001', content, '');
    const first = call('reply');
    assert.match(first, /&confirm_time=&id=28174500001&replys=.*"reply_time":"2026-11-23 10:15:00"/);
    platform.citizenWrites('13000000002', 'd', '');
    assert.equal(call('reply'), first);
    assert.equal(platform.stats().unconfirmedMo, 4);
    time.now += 60_000;
    assert.equal(call('replyConfirm', { id: '28174500001' }), 'result=0');
    const second = call('reply');
    assert.match(second, /&confirm_time=2026-11-23 10:16:00&id=28174500003&replys=\[\{[^}]*"content":"c"/);
    call('replyConfirm', { id: '28174500003' });
    assert.equal(call('reply'), 'result=0');
    assert.deepEqual([platform.stats().unconfirmedMo, platform.stats().confirmedMo], [0, 4]);
  });

  it('are confirmed up to an id in the middle', () => {
    const { platform, call } = platformAt();
    for (const content of ['a', 'b', 'c']) platform.citizenWrites('13000000001', content, '');
    call('reply');
    call('replyConfirm', { id: '28174500000' });
    assert.deepEqual(
      [...call('reply').matchAll(/"content":"(.)"/g)].map((m) => m[1]),
      ['b', 'c'],
    );
  });

  it('are not lost by an invented id, which is counted', () => {
    const { platform, call } = platformAt();
    platform.citizenWrites('13000000001', 'a', '');
    call('replyConfirm', { id: '28174500000' }); // not handed out yet
    call('reply');
    call('replyConfirm', { id: '0' });
    assert.equal(call('replyConfirm'), call('replyConfirm', { id: '' }));
    assert.equal(platform.stats().unconfirmedMo, 1);
    assert.equal(platform.stats().strayConfirms, 2);
    assert.equal(platform.stats().refused['1'], 2);
  });

  it('have ids that go up from start to start', () => {
    const first = platformAt();
    const ids = ['a', 'b'].map((content) => first.platform.citizenWrites('13000000001', content, '').id);
    const second = platformAt();
    second.time.now = first.time.now + 3000;
    ids.push(second.platform.citizenWrites('13000000001', 'a', '').id);
    assert.deepEqual(ids, [28174500000, 28174500001, 28174503000]);
  });

  it('carry a question mark for what GBK cannot', () =>
    withSimulator({}, async (simulator, client) => {
      simulator.citizenWrites('13000000001', '好🙂', '');
      assert.match(await client.call('reply'), /"content":"好\?"/);
    }));
});

describe('simulator limits by the clock', () => {
  it('forget identical texts after 24 hours and verification codes after their interval', () => {
    const { platform, time, send } = platformAt({ sameTextLimit: 1, codeIntervalMs: 60_000 });
    send('13000000001', '验证码1');
    time.now += 59_999;
    send('13000000001', '验证码2');
    assert.deepEqual(platform.stats().refused, { 33: 1 });
    time.now += 1;
    send('13000000001', '验证码2');
    send('13000000002', '通知');
    time.now += 86_399_999;
    send('13000000002', '通知');
    assert.deepEqual(platform.stats().refused, { 33: 1, 32: 1 });
    time.now += 1;
    send('13000000002', '通知');
    assert.equal(platform.stats().accepted, 4);
  });

  it('let a full rate through again exactly one second later, and do not count refused parts against it', () => {
    const { platform, time, send } = platformAt({ ratePerSecond: 2 });
    send('13000000001,13000000002');
    time.now += 999;
    send('13000000003');
    assert.deepEqual(platform.stats().refused, { 11: 1 });
    time.now += 1;
    send('13000000004,13000000005');
    assert.equal(platform.stats().accepted, 4);
    assert.equal(platform.stats().maxPartsPerSecond, 3);
  });
});

describe('simulator phones', () => {
  it('keep a conversation in sight while 10,000 notices go out, and their number small', () => {
    const { platform, time, send } = platformAt({ receiptDelayMs: 5000, receiptStatus: { '1': '2' } });
    send('13000000001', 'first');
    time.now += 5000;
    platform.citizenWrites('13000000001', 'CX', '7');
    send('13000000001', 'answer');
    for (let i = 0; i < 10; i++) {
      send(Array.from({ length: 1000 }, (_, n) => 13100000000 + i * 1000 + n).join(','), `notice ${i}`);
    }
    const phones = platform.phones.list(time.now, platform.settings);
    assert.equal(phones.length, 13);
    assert.equal(phones[0]?.number, '13000000001');
    assert.deepEqual(
      phones[0].messages.map((m) => [m.direction, m.text, m.status, m.extNo]),
      [
        ['to', 'answer', '', ''],
        ['from', 'CX', '', '7'],
        ['to', 'first', '2', ''],
      ],
    );
    assert.equal(phones[1]?.number, '13100009999');
  });
});
