import assert from 'node:assert/strict';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { unencodable } from '../../src/platform/gbk.ts';
import {
  accountForm,
  confirmForm,
  readBalance,
  readPlain,
  readReply,
  readReport,
  readSend,
  sendForm,
  tornReport,
} from '../../src/platform/wire.ts';

const gbk = (text: string): Buffer => iconv.encode(text, 'cp936');
const gbkText = fc.string({ unit: 'grapheme' }).filter((text) => unencodable(text).length === 0);

describe('forms of a call', () => {
  it('name everything the platform asks for', () => {
    const request = {
      serial: '20261123101500000001',
      text: '您好&=',
      phones: ['13000000001', '13000000002'],
      extNo: '01',
      templateId: '1234567890123',
    };
    assert.equal(
      sendForm(request, 'gbk'),
      '&MessageContent=%C4%FA%BA%C3%26%3D&UserNumber=13000000001%2C13000000002&SerialNumber=20261123101500000001' +
        '&ScheduleTime=&ExtendAccessNum=01&f=1&templateId=1234567890123',
    );
    assert.equal(
      sendForm({ ...request, extNo: null, templateId: null, phones: ['13000000001'] }, 'utf8'),
      '&MessageContent=%E6%82%A8%E5%A5%BD%26%3D&UserNumber=13000000001&SerialNumber=20261123101500000001' +
        '&ScheduleTime=&ExtendAccessNum=&f=1',
    );
    assert.equal(
      accountForm({ spCode: '000000', loginName: '演示', password: 'a&b=c+%#' }, 'gbk'),
      'SpCode=000000&LoginName=%D1%DD%CA%BE&Password=a%26b%3Dc%2B%25%23',
    );
    assert.equal(confirmForm('2037000002'), '&id=2037000002');
  });

  it('survive half a surrogate pair in UTF-8', () => {
    assert.match(
      sendForm({ serial: '1', text: '\ud800', phones: [], extNo: null, templateId: null }, 'utf8'),
      /=%EF%BF%BD&/,
    );
  });
});

describe('readSend', () => {
  it('reads the captured answers', () => {
    assert.deepEqual(
      readSend('result=0&description=发送短信成功&taskid=229100000002&faillist=13000000009,&task_id=229100000002\r\n'),
      { code: '0', description: '发送短信成功', taskId: '229100000002', failed: ['13000000009'] },
    );
    assert.deepEqual(readSend('result=28&description=发送内容与模板不符'), {
      code: '28',
      description: '发送内容与模板不符',
      taskId: null,
      failed: [],
    });
  });

  it('does not let the description end at an "&" of its own', () => {
    assert.equal(
      readSend('result=29&description=扩展号太长或不是数字&accnum=12345')?.description,
      '扩展号太长或不是数字&accnum=12345',
    );
  });

  it('takes fields in any order, missing, extra, percent-encoded, and 86 in front of numbers', () => {
    assert.deepEqual(
      readSend(' description=%B7%A2%CB%CD%81A+ok&faillist=8613000000009%2C,%2B8613000000008&x=1&result= 6 &task_id=7'),
      { code: '6', description: '发送丄 ok', taskId: '7', failed: ['13000000009', '13000000008'] },
    );
    assert.equal(readSend('result=0&description=已完成 100%')?.description, '已完成 100%');
    assert.equal(readSend('result=0&description=%FF%FF%FF')?.description, '%FF%FF%FF');
  });

  it('takes no task id that no column could hold', () => {
    assert.equal(readSend(`result=0&taskid=${'9'.repeat(40)}`)?.taskId, '9'.repeat(40));
    for (const odd of ['9'.repeat(41), '1 2', '1\u00002', '1\ufffd']) {
      assert.equal(readSend(`result=0&taskid=${odd}`)?.taskId, null, JSON.stringify(odd));
    }
  });

  it('reads nothing into what is no answer', () => {
    for (const body of [
      '',
      'ok',
      '<html>&result=0&</html>',
      'xresult=0',
      'result=',
      'result=&description=x',
      `result=${'9'.repeat(21)}`,
    ]) {
      assert.equal(readSend(body), null, body);
    }
  });

  it('decides by `result`, whatever the description says', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^-?\d{1,4}$/), gbkText, (code, words) => {
        fc.pre(!/[%&=]/.test(words));
        const answer = readSend(iconv.decode(gbk(`result=${code}&description=${words}&taskid=1`), 'cp936'));
        assert.deepEqual(answer, { code, description: words.trim(), taskId: '1', failed: [] });
      }),
    );
  });

  it('never throws', () => {
    const nearly = fc.array(
      fc.constantFrom('result=', 'description=', '&', 'faillist=', 'number=', '%8', '%81', '0', ',', '<'),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          nearly.map((parts) => parts.join('')),
        ),
        (body) => {
          for (const read of [readSend, readPlain, readBalance]) assert.notEqual(read(body)?.code, '');
        },
      ),
    );
  });
});

describe('readBalance', () => {
  it('gives a number, or null when the answer names none', () => {
    assert.equal(readBalance('result=0&description=ok&number=12345\n')?.number, 12345);
    assert.equal(readBalance('result=0&description=ok')?.number, null);
    assert.equal(readBalance('result=0&number=')?.number, null);
    assert.equal(readBalance('result=0&number=many')?.number, null);
  });
});

describe('readReport', () => {
  it('reads records with blanks, line ends, 86 and further fields, and sets aside the rest', () => {
    const raw = gbk(
      'result=0&out=20261123101500000001,13000000001,0;\r\n20261123101500000001, 8613000000002 ,1,extra;' +
        'x;,13000000003,0;20261123101500000002,13000000004,;20261123101500000003,12345,0;',
    );
    assert.deepEqual(readReport(raw), {
      code: '0',
      description: '',
      receipts: [
        { serial: '20261123101500000001', phone: '13000000001', code: '0' },
        { serial: '20261123101500000001', phone: '13000000002', code: '1' },
      ],
      unreadable: ['x', ',13000000003,0', '20261123101500000002,13000000004,', '20261123101500000003,12345,0'],
    });
  });

  it('finds nothing in an empty answer, and nothing lost', () => {
    for (const body of ['result=0', 'result=0&out=', 'result=0&out=;', 'result=3&description=账号密码错误']) {
      const { receipts, unreadable } = readReport(gbk(body));
      assert.deepEqual([receipts, unreadable], [[], []]);
    }
    assert.deepEqual(readReport(gbk('gateway error')).unreadable, ['gateway error']);
  });

  it('gives every record back, read or verbatim', () => {
    const record = fc.record(
      {
        serial: fc.stringMatching(/^\d{20}$/),
        phone: fc.stringMatching(/^1[3-9]\d{9}$/),
        code: fc.stringMatching(/^[-\w:]{1,20}$/),
      },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(fc.array(record), fc.boolean(), (receipts, last) => {
        const out = receipts.map((r) => `${r.serial},${r.phone},${r.code}`).join(';') + (last ? ';' : '');
        assert.deepEqual(readReport(gbk(`result=0&out=${out}`)).receipts, receipts);
      }),
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const { receipts } = readReport(Buffer.concat([Buffer.from('result=0&out='), bytes]));
        assert.ok(readReport(bytes).receipts.length + receipts.length < bytes.length + 1);
      }),
    );
  });

  it('keeps the complete records of an answer that broke off, and never takes the torn one for a receipt', () => {
    const whole = Buffer.from('result=0&out=20261123101500000001,13000000001,0;20261123101500000001,13000000002,12;');
    const all = readReport(whole).receipts;
    for (let cut = 0; cut < whole.length; cut++) {
      const torn = tornReport(whole.subarray(0, cut));
      const complete = whole.subarray(0, cut).toString().split(';').length - 1;
      assert.deepEqual(torn === null ? [] : readReport(torn).receipts, all.slice(0, complete), `cut at ${cut}`);
    }
  });
});

describe('readReply', () => {
  const sample =
    'result=0&confirm_time=2026-11-23 10:15:00&id=2037000002&replys=[{"callmdn":"106900000000001","mdn":"13000000001",' +
    '"content":"查询&id=9","reply_time":"2026-11-23 10:14:31","id":"2037000001"},{"callMdn":"10690000000000188","mdn":' +
    '"8613000000002","content":"CX &replys=[ 养老","reply_time":"2026-11-23 10:14:50.0","id":2037000000000000002}]\r\n';

  it('reads the sample, ids to the last digit', () => {
    assert.deepEqual(readReply(gbk(sample), false), {
      code: '0',
      description: '',
      lastId: '2037000002',
      messages: [
        {
          id: '2037000001',
          accessNo: '106900000000001',
          phone: '13000000001',
          content: '查询&id=9',
          receivedAt: '2026-11-23 10:14:31',
        },
        {
          id: '2037000000000000002',
          accessNo: '10690000000000188',
          phone: '13000000002',
          content: 'CX &replys=[ 养老',
          receivedAt: '2026-11-23 10:14:50',
        },
      ],
      unreadable: false,
    });
  });

  it('finds nothing waiting in every form of nothing', () => {
    for (const tail of [
      '',
      '&confirm_time=&id=&replys=',
      '&replys=[]',
      '&replys=null',
      '&confirm_time=&id=&replys= [ ] ',
    ]) {
      const answer = readReply(gbk(`result=0${tail}`), false);
      assert.deepEqual([answer.messages, answer.lastId, answer.unreadable], [[], null, false], tail);
    }
  });

  it('makes do with missing fields', () => {
    const answer = readReply(
      gbk('result=0&replys=[{"mdn":"13000000001","reply_time":"2026-02-31 10:00:00","id":"5"}]'),
      false,
    );
    const message = { id: '5', accessNo: '', phone: '13000000001', content: '', receivedAt: null };
    assert.deepEqual(answer, { code: '0', description: '', lastId: '5', messages: [message], unreadable: false });
  });

  it('takes a message whose sender is empty or null for one without a sender, not for something unreadable', () => {
    for (const mdn of ['""', '"  "', 'null']) {
      const raw = `result=0&id=2&replys=[{"mdn":${mdn},"content":"查询","id":"1"},{"mdn":"13000000001","content":"b","id":"2"}]`;
      const { messages, unreadable, lastId } = readReply(gbk(raw), false);
      assert.deepEqual([messages.map((m) => m.phone), unreadable, lastId], [['', '13000000001'], false, '2'], mdn);
    }
  });

  it('undoes percent escapes of contents only when told to', () => {
    const raw = gbk('result=0&id=1&replys=[{"mdn":"13000000001","content":"%B2%E9%D1%AF+1","id":"1"}]');
    assert.equal(readReply(raw, false).messages[0]?.content, '%B2%E9%D1%AF+1');
    assert.equal(readReply(raw, true).messages[0]?.content, '查询 1');
    const whole = `result=0&id=1&replys=${encodeURIComponent('[{"mdn":"13000000001","content":"a b"}]')}`;
    assert.equal(readReply(gbk(whole), false).messages[0]?.content, 'a b');
  });

  it('says so when some of it cannot be read, and gives the rest', () => {
    for (const tail of ['{"mdn":"13000000001","content":"a"', ',7', ',{"content":"no sender"}]', '] tail']) {
      const answer = readReply(
        gbk(`result=0&id=1&replys=[{"mdn":"13000000001","content":"first","id":"1"}${tail}`),
        false,
      );
      assert.equal(answer.unreadable, true, tail);
      assert.equal(answer.messages[0]?.content, 'first');
    }
    assert.equal(readReply(gbk('<html>no</html>'), false).unreadable, true);
  });

  it('gives back any text a citizen can write', () => {
    fc.assert(
      fc.property(fc.array(gbkText, { minLength: 1 }), (texts) => {
        const replys = texts.map((content, i) => ({ callmdn: '106900000000001', mdn: '13000000001', content, id: i }));
        const answer = readReply(gbk(`result=0&confirm_time=&id=7&replys=${JSON.stringify(replys)}`), false);
        assert.deepEqual(
          answer.messages.map((message) => message.content),
          texts,
        );
        assert.deepEqual([answer.lastId, answer.unreadable], ['7', false]);
      }),
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.nat(sample.length), (bytes, at) => {
        const raw = gbk(sample);
        readReply(bytes, true);
        readReply(Buffer.concat([raw.subarray(0, at), bytes, raw.subarray(at)]), true);
      }),
    );
  });
});
