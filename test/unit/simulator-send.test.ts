import assert from 'node:assert/strict';
import { hash53 } from '../../src/simulator/ledger.ts';
import { SlidingSecond, LastMinute } from '../../src/simulator/window.ts';
import { formOf, nextSerial, withSimulator } from '../support/simulator-client.ts';

const codeOf = (answer: string): string => /^result=(\d+)/.exec(answer)?.[1] ?? answer;

/** `yyyyMMddHHmmss` in Beijing. */
const beijing = (at: number): string => new Date(at + 8 * 3_600_000).toISOString().slice(0, 19).replace(/\D/g, '');

describe('simulator Send.do', () => {
  it('answers an accepted call in the documented order and remembers it', () =>
    withSimulator({}, async (simulator, client) => {
      const serial = nextSerial();
      const first = await client.send({
        SerialNumber: serial,
        MessageContent: '您的养老金已发放',
        UserNumber: '13000000001',
      });
      assert.equal(first, 'result=0&description=发送短信成功&taskid=229100000001&faillist=&task_id=229100000001');
      const [entry] = simulator.ledger();
      assert.equal(entry?.serial, serial);
      assert.equal(entry.text, '您的养老金已发放');
      assert.deepEqual(entry.phones, [13000000001]);
      assert.equal(simulator.stats().accepted, 1);
    }));

  const refusals: readonly [code: string, what: string, fields: Record<string, string>][] = [
    ['1', 'no text', { MessageContent: '' }],
    ['1', 'no number', { UserNumber: '' }],
    ['1', 'no password', { Password: '' }],
    ['2', 'another enterprise', { SpCode: '000001' }],
    ['2', 'an unknown operator', { LoginName: 'nobody' }],
    ['3', 'a wrong password', { Password: 'wrong' }],
    ['4', 'a schedule that is no time', { ScheduleTime: '20261323000000' }],
    ['4', 'a schedule in February', { ScheduleTime: '20270230000000' }],
    ['4', 'a schedule of 12 digits', { ScheduleTime: '202612230000' }],
    ['6', 'a number too short', { UserNumber: '1300000000' }],
    ['6', 'a prefix that does not exist', { UserNumber: '12000000001' }],
    ['6', 'a country code', { UserNumber: '8613000000001' }],
    ['6', 'a trailing comma', { UserNumber: '13000000001,' }],
    ['6', 'a number on the list', { UserNumber: '13000000666' }],
    ['7', 'a forbidden word', { MessageContent: '代开发票' }],
    ['8', '403 characters', { MessageContent: '好'.repeat(403) }],
    ['9', '1001 numbers', { UserNumber: Array.from({ length: 1001 }, (_, i) => 13000000000 + i).join(',') }],
    ['10', 'a blacklisted number', { UserNumber: '13000000444' }],
    ['14', 'a serial of 19 digits', { SerialNumber: '1'.repeat(19) }],
    ['14', 'a serial of 21 digits', { SerialNumber: '1'.repeat(21) }],
    ['14', 'a serial with a letter', { SerialNumber: `${'1'.repeat(19)}a` }],
    ['14', 'no serial', { SerialNumber: '' }],
    ['29', 'letters as extension', { ExtendAccessNum: 'ab' }],
    ['29', 'a long extension', { ExtendAccessNum: '1234567' }],
  ];
  for (const [code, what, fields] of refusals) {
    it(`refuses ${what} with ${code}, and sends nothing`, () =>
      withSimulator({ refusedNumbers: ['13000000666'], blacklist: ['13000000444'] }, async (simulator, client) => {
        assert.equal(codeOf(await client.send(fields)), code);
        assert.equal(simulator.stats().accepted, 0);
        assert.deepEqual(simulator.stats().refused, { [code]: 1 });
      }));
  }

  it('takes what is just within each bound', () =>
    withSimulator({}, async (simulator, client) => {
      const numbers = Array.from({ length: 1000 }, (_, i) => 13000000000 + i).join(',');
      assert.equal(codeOf(await client.send({ MessageContent: '好'.repeat(402), UserNumber: numbers })), '0');
      assert.equal(codeOf(await client.send({ ExtendAccessNum: '123456', ScheduleTime: '20280229235959' })), '0');
      const { accepted, acceptedParts } = simulator.stats();
      assert.deepEqual([accepted, acceptedParts], [1001, 6001]);
    }));

  it('counts 70 characters as one part and 71 as two', () =>
    withSimulator({ balance: 100 }, async (simulator, client) => {
      await client.send({ MessageContent: '好'.repeat(70) });
      await client.send({ MessageContent: 'a'.repeat(71) });
      assert.equal(simulator.stats().acceptedParts, 3);
      assert.equal(await client.call('SearchNumber'), 'result=0&description=查询成功&number=97');
    }));

  it('with f=1 serves the good numbers and lists the bad ones with a comma behind each', () =>
    withSimulator({}, async (simulator, client) => {
      const answer = await client.send({ UserNumber: '13000000001,12345,13000000002,abc', f: '1' });
      assert.match(answer, /^result=0&.*&faillist=12345,abc,&task_id=\d{12}$/);
      assert.deepEqual(simulator.ledger()[0]?.phones, [13000000001, 13000000002]);
      assert.equal(simulator.stats().failedNumbers, 2);
    }));

  for (const f of ['0', '']) {
    it(`with f=${f || '(nothing)'} one bad number stops all`, () =>
      withSimulator({}, async (simulator, client) => {
        const answer = await client.send({ UserNumber: '13000000001,12345,13000000002', f });
        assert.match(answer, /^result=6&description=号码中含有无效号码.*&faillist=12345,$/);
        assert.equal(simulator.stats().accepted, 0);
      }));
  }

  it('refuses a serial again with 15, and tells whether the body was another', () =>
    withSimulator({}, async (simulator, client) => {
      const SerialNumber = nextSerial();
      assert.equal(codeOf(await client.send({ SerialNumber })), '0');
      assert.equal(await client.send({ SerialNumber }), 'result=15&description=流水号重复');
      assert.equal(simulator.stats().duplicateSerialsOtherBody, 0);
      assert.equal(codeOf(await client.send({ SerialNumber, MessageContent: '另一条' })), '15');
      assert.equal(codeOf(await client.send({ SerialNumber, UserNumber: '13000000002' })), '15');
      const { accepted, duplicateSerialAttempts, duplicateSerialsOtherBody, doubledMessages } = simulator.stats();
      assert.deepEqual([accepted, duplicateSerialAttempts, duplicateSerialsOtherBody, doubledMessages], [1, 3, 2, 0]);
    }));

  it('remembers a refused serial only when told to', async () => {
    for (const rememberRefused of [false, true]) {
      await withSimulator({ rememberRefused, balance: 0 }, async (simulator, client) => {
        const SerialNumber = nextSerial();
        assert.equal(codeOf(await client.send({ SerialNumber })), '13');
        simulator.change({ balance: 10 });
        assert.equal(codeOf(await client.send({ SerialNumber })), rememberRefused ? '15' : '0');
      });
    }
  });

  it('accepts a serial again once it has forgotten its serials, and counts the doubled message', () =>
    withSimulator({}, async (simulator, client) => {
      const SerialNumber = nextSerial();
      await client.send({ SerialNumber });
      simulator.forgetSerials();
      assert.equal(codeOf(await client.send({ SerialNumber })), '0');
      assert.equal(simulator.stats().doubledMessages, 1);
    }));

  it('counts a number given the same text twice, in one call or in two, and not another text', () =>
    withSimulator({ ledger: 'light' }, async (simulator, client) => {
      await client.send({ MessageContent: '甲', UserNumber: '13000000001,13000000002' });
      await client.send({ MessageContent: '乙', UserNumber: '13000000001' });
      assert.equal(simulator.stats().doubledMessages, 0);
      await client.send({ MessageContent: '乙', UserNumber: '13000000001' });
      await client.send({ MessageContent: '丙', UserNumber: '13000000003,13000000003' });
      assert.equal(simulator.stats().doubledMessages, 2);
      assert.equal(simulator.ledger()[0]?.text, hash53('甲').toString(16).padStart(14, '0'));
    }));

  it('locks the account at the fifth wrong password, also for the right one, until somebody unlocks it', () =>
    withSimulator({}, async (simulator, client) => {
      const answers = [];
      for (let i = 0; i < 5; i++) answers.push(codeOf(await client.call('report', { Password: `wrong${i}` })));
      assert.deepEqual(answers, ['3', '3', '3', '3', '21']);
      assert.equal(codeOf(await client.send()), '21');
      assert.equal(codeOf(await client.call('SearchNumber')), '21');
      assert.deepEqual([simulator.stats().failedLogins, simulator.stats().locked], [5, true]);
      simulator.unlock();
      assert.equal(codeOf(await client.send()), '0');
    }));

  it('starts the count of wrong passwords anew after a right one', () =>
    withSimulator({}, async (simulator, client) => {
      for (let i = 0; i < 4; i++) await client.call('report', { Password: 'wrong' });
      await client.call('report');
      assert.equal(codeOf(await client.call('report', { Password: 'wrong' })), '3');
      assert.equal(simulator.stats().failedLogins, 5);
    }));

  it('refuses every call with 5 from an address that is not bound', () =>
    withSimulator({ ipAllowed: false }, async (_, client) => {
      for (const name of ['Send', 'report', 'reply', 'replyConfirm', 'SearchNumber']) {
        assert.equal(await client.call(name), 'result=5&description=IP不合法');
      }
    }));

  it('refuses with 13 what the balance does not cover, and charges nothing for it', () =>
    withSimulator({ balance: 3 }, async (simulator, client) => {
      assert.equal(codeOf(await client.send({ UserNumber: '13000000001,13000000002' })), '0');
      assert.equal(codeOf(await client.send({ UserNumber: '13000000001,13000000002' })), '13');
      assert.equal(simulator.stats().balance, 1);
    }));

  it('in template mode takes only texts that fit a template: 28', () =>
    withSimulator(
      {
        templates: [
          { id: '1', text: '{name}您好，您的余额为{n}元。' },
          { id: '2', text: '停电通知' },
        ],
      },
      async (_, client) => {
        const codes: [text: string, templateId: string, code: string][] = [
          ['张三您好，您的余额为12.50元。', '', '0'],
          ['张三您好，您的余额为12.50元。', '1', '0'],
          ['张三您好，您的余额为12.50元。', '2', '28'],
          ['张三您好，您的余额为12.50元', '1', '28'],
          ['您好，您的余额为1元。', '1', '28'],
          ['张三您好，您的余额为元。', '1', '28'],
          ['停电通知', '', '0'],
          ['停电通知！', '', '28'],
          ['停电通知', '9', '28'],
        ];
        for (const [MessageContent, templateId, code] of codes) {
          assert.equal(
            codeOf(await client.send({ MessageContent, templateId })),
            code,
            `${MessageContent} ${templateId}`,
          );
        }
      },
    ));

  it('wants the number of the template as well where it is told to: 28', () =>
    withSimulator(
      { templates: [{ id: '1000000000001', text: '停电通知' }], requireTemplateId: true },
      async (_, client) => {
        const codeWith = async (templateId: string) =>
          codeOf(await client.send({ MessageContent: '停电通知', templateId }));
        assert.equal(await codeWith('1000000000001'), '0');
        assert.equal(await codeWith(''), '28');
        assert.equal(await codeWith('1000000000002'), '28');
      },
    ));

  it('refuses the same text to one number more often than allowed with 32', () =>
    withSimulator({ sameTextLimit: 2 }, async (simulator, client) => {
      for (let i = 0; i < 2; i++) assert.equal(codeOf(await client.send()), '0');
      assert.equal(
        await client.send(),
        'result=32&description=同一号码发送次数太多,一天内同一号码发送相同内容次数:2,当前次数为:3',
      );
      assert.equal(codeOf(await client.send({ MessageContent: '别的内容' })), '0');
      assert.match(await client.send({ UserNumber: '13000000001,13000000002' }), /^result=0&.*&faillist=13000000001,&/);
      assert.equal(codeOf(await client.send({ UserNumber: '13000000001,13000000002', f: '0' })), '32');
      assert.equal(simulator.stats().accepted, 4);
    }));

  it('refuses verification codes that follow each other too closely with 33, and nothing else', () =>
    withSimulator({ codeIntervalMs: 3_600_000 }, async (_, client) => {
      assert.equal(codeOf(await client.send({ MessageContent: '验证码1234' })), '0');
      assert.equal(codeOf(await client.send({ MessageContent: '验证码5678' })), '33');
      assert.equal(codeOf(await client.send({ MessageContent: '您好' })), '0');
      assert.equal(codeOf(await client.send({ MessageContent: '验证码5678', UserNumber: '13000000002' })), '0');
    }));

  it('refuses with 11 what exceeds the rate, counted in parts', () =>
    withSimulator({ ratePerSecond: 3 }, async (simulator, client) => {
      const answers = [
        codeOf(await client.send({ MessageContent: '好'.repeat(300) })), // more than the rate, but alone
        codeOf(await client.send()),
      ];
      assert.deepEqual(answers, ['0', '11']);
      assert.equal(simulator.stats().maxPartsPerSecond, 6, 'refused ones arrived as well');
    }));

  it('puts off a schedule of more than five minutes, and takes the account for garbled bytes', () =>
    withSimulator({ receiptDelayMs: 0 }, async (simulator, client) => {
      const put = await client.send({ ScheduleTime: beijing(Date.now() + 3_600_000) });
      const now = await client.send({ ScheduleTime: beijing(Date.now() + 60_000) });
      assert.deepEqual([codeOf(put), codeOf(now)], ['0', '0']);
      const report = await client.call('report');
      assert.equal(report.split(';').length - 1, 1, 'only what has been sent has a receipt');
      const body = formOf({
        SpCode: '000000',
        LoginName: 'demo',
        Password: 'demo-password',
        UserNumber: '13000000001',
        SerialNumber: nextSerial(),
      });
      const { text } = await client.post('/sms/Api/Send.do', `${body}&MessageContent=%C4%E3%BA`);
      assert.equal(codeOf(text), '0');
      assert.equal(simulator.stats().garbled, 1);
    }));

  it('knows six paths, in their case, by POST and as a form', () =>
    withSimulator({}, async (simulator, client) => {
      const statuses = [];
      for (const name of ['Send', 'send', 'searchNumber', 'ReturnJson/Send', 'SendUTF8']) {
        statuses.push((await client.post(`/sms/Api/${name}.do`, 'a=b')).status);
      }
      assert.deepEqual(statuses, [200, 404, 404, 404, 200]);
      assert.equal((await client.post('/sms/Api/report.do', '', {}, 'GET')).status, 405);
      const json = await client.post('/sms/Api/report.do', 'SpCode=000000', { 'content-type': 'application/json' });
      assert.equal(codeOf(json.text), '1');
      assert.deepEqual(simulator.stats().requests, {
        '/sms/Api/Send.do': 1,
        '/sms/Api/SendUTF8.do': 1,
        '/sms/Api/report.do': 2,
      });
    }));

  it('does not read a body without end', () =>
    withSimulator({}, async (_, client) => {
      assert.equal((await client.post('/sms/Api/Send.do', 'a'.repeat(1_100_000))).status, 413);
    }));

  it('keeps as many submissions as it is told to', () =>
    withSimulator({ ledgerLimit: 10 }, async (simulator, client) => {
      for (let i = 0; i < 120; i++) await client.send();
      assert.ok(simulator.ledger().length <= 111);
      assert.equal(simulator.stats().accepted, 120);
    }));
});

describe('simulator windows', () => {
  it('find the fullest second, wherever it begins', () => {
    const window = new SlidingSecond();
    window.add(0, 5);
    window.add(600, 5);
    window.add(999, 1);
    assert.equal(window.max, 11);
    window.add(1000, 4); // what came exactly a second ago has left
    assert.equal(window.max, 11);
    window.add(1400, 2);
    assert.equal(window.sum(1400), 12);
    assert.equal(window.max, 12);
  });

  it('stay exact over many seconds', () => {
    const window = new SlidingSecond();
    for (let i = 0; i < 20_000; i++) window.add(i, 2);
    assert.equal(window.max, 2000);
    assert.equal(window.sum(30_000), 0);
  });

  it('chart the last minute by second', () => {
    const minute = new LastMinute();
    minute.add(100_000, 3);
    minute.add(100_999, 4);
    minute.add(102_000, 1);
    assert.deepEqual(minute.list(103_500).slice(-4), [0, 7, 0, 1]);
    assert.deepEqual(new Set(minute.list(300_000)), new Set([0]));
  });
});
