import assert from 'node:assert/strict';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import type { OutboxRow } from '../../src/db/store.ts';
import { body, check, type Checked, type Rules } from '../../src/outbound/check.ts';
import { LOCAL_CODES } from '../../src/outbound/local-codes.ts';
import { transliterate } from '../../src/platform/gbk.ts';

const RULES: Rules = {
  channel: 'main',
  maxLength: 402,
  reservedLength: 0,
  signature: { place: 'none', text: '' },
  charset: 'gbk',
  transliterate: true,
  garbled: 'hold',
  maxAgeMs: null,
  maxAgeByCategory: new Map(),
};

const ROW: OutboxRow = {
  id: '1',
  phone: '13800130001',
  content: '您好',
  templateCode: null,
  params: null,
  msgType: 'SMS',
  category: 'NOTICE',
  priority: 5,
  extNo: null,
  inboxId: null,
  channel: null,
  source: null,
  bizId: null,
  expiresInMs: null,
  ageMs: 0,
  createdAt: '2026-11-23 10:15:00.000',
  prevSerial: null,
  requeued: false,
  lastCode: null,
  overruled: null,
  solo: false,
  inFlight: false,
  mark: '1',
};

const of = (row: Partial<OutboxRow>, rules: Partial<Rules> = {}): Checked =>
  check({ ...ROW, ...row }, { ...RULES, ...rules });
/** `STATUS CODE` of a refusal, or `ok`. */
const fate = (row: Partial<OutboxRow>, rules: Partial<Rules> = {}): string => {
  const checked = of(row, rules);
  return checked.ok ? 'ok' : `${checked.refusal.status} ${checked.refusal.code}`;
};
const sentence = (row: Partial<OutboxRow>, rules: Partial<Rules> = {}): string => {
  const checked = of(row, rules);
  return checked.ok ? '' : `${checked.refusal.text.zh} ${checked.refusal.text.en}`;
};
const chars = (n: number): string => '字'.repeat(n);

describe('the check of a row', () => {
  it('passes what can be sent, with the text, the number and the parts as they go out', () => {
    assert.deepEqual(of({ phone: '+86 138-0013-0001', content: '余额 5 元' }), {
      ok: true,
      row: { ...ROW, phone: '+86 138-0013-0001', content: '余额 5 元' },
      text: '余额 5 元',
      phone: '13800130001',
      segments: 1,
      sendableMs: Infinity,
      templateId: null,
      message: null,
    });
  });

  describe('BAD_PHONE', () => {
    it('is what no mainland mobile number can be made of', () => {
      for (const phone of ['', '1380013000', '138001300012', '23800130001', '12800130001', '+85213800130001', 'null']) {
        assert.equal(fate({ phone }), 'REJECTED BAD_PHONE', phone);
      }
      for (const phone of [
        '13800130001',
        '8613800130001',
        '+8613800130001',
        '138 0013 0001',
        '１３８００１３０００１',
      ]) {
        assert.equal(fate({ phone }), 'ok', phone);
      }
    });
  });

  describe('EMPTY', () => {
    it('is a text without anything to be seen', () => {
      for (const content of [null, '', ' ', '\n\t', '\u3000', '\u00a0', '\u200b', '\ufeff \u200b']) {
        assert.equal(fate({ content }), 'REJECTED EMPTY', JSON.stringify(content));
      }
      assert.equal(fate({ content: '.' }), 'ok');
    });

    it('is so beside a signature of ours, too', () => {
      const signature = { place: 'prefix', text: '【某市人社局】' } as const;
      assert.equal(fate({ content: '\u200b' }, { signature }), 'REJECTED EMPTY');
    });
  });

  describe('TOO_LONG', () => {
    it('counts UTF-16 units: 402 pass, 403 do not', () => {
      assert.equal(fate({ content: chars(402) }), 'ok');
      assert.equal(fate({ content: chars(403) }), 'REJECTED TOO_LONG');
      assert.match(sentence({ content: chars(403) }), /403 字，上限 402 字.*has 403 characters, the limit is 402/);
      // an emoji is two, in the one charset that carries it
      assert.equal(fate({ content: '😀'.repeat(201) }, { charset: 'utf8' }), 'ok');
      assert.equal(fate({ content: '😀'.repeat(201) + 'a' }, { charset: 'utf8' }), 'REJECTED TOO_LONG');
    });

    it('counts what is added here, and what the platform adds', () => {
      const signature = { place: 'suffix', text: '【某市人社局】' } as const;
      assert.equal(fate({ content: chars(395) }, { signature }), 'ok');
      assert.equal(fate({ content: chars(396) }, { signature }), 'REJECTED TOO_LONG');
      assert.equal(fate({ content: chars(392) }, { reservedLength: 10 }), 'ok');
      assert.equal(fate({ content: chars(393) }, { reservedLength: 10 }), 'REJECTED TOO_LONG');
      assert.equal(fate({ content: chars(700) }, { maxLength: 700 }), 'ok');
      // what goes away on the way to the platform does not count
      assert.equal(fate({ content: `${chars(402)}\u200b` }), 'ok');
    });

    it('bills 70 characters as one part and then 67 each, all signatures included', () => {
      const parts = (content: string, rules: Partial<Rules> = {}): number => {
        const checked = of({ content }, rules);
        return checked.ok ? checked.segments : 0;
      };
      assert.deepEqual(
        [70, 71, 134, 135, 402].map((n) => parts(chars(n))),
        [1, 2, 2, 3, 6],
      );
      assert.deepEqual([parts(chars(60), { reservedLength: 10 }), parts(chars(61), { reservedLength: 10 })], [1, 2]);
      const signature = { place: 'prefix', text: '【某市人社局】' } as const;
      assert.deepEqual([parts(chars(63), { signature }), parts(chars(64), { signature })], [1, 2]);
    });
  });

  describe('UNENCODABLE', () => {
    it('names each character that the platform’s charset lacks, once, with its number', () => {
      const text = sentence({ content: '张㛃㛃𠮷😀，您好' });
      for (const name of ['㛃 U+36C3', '𠮷 U+20BB7', '😀 U+1F600']) assert.equal(text.split(name).length, 3, name);
      assert.equal(fate({ content: '张㛃' }), 'REJECTED UNENCODABLE');
      assert.equal(fate({ content: '5 €' }), 'REJECTED UNENCODABLE');
      assert.equal(fate({ content: '半个\ud83d字符' }), 'REJECTED UNENCODABLE');
    });

    it('names no more than a column holds', () => {
      const many = Array.from({ length: 100 }, (_, i) => String.fromCodePoint(0x20000 + i)).join('');
      const { zh, en } = (of({ content: many }) as Extract<Checked, { ok: false }>).refusal.text;
      assert.ok(zh.length <= 200 && en.length <= 200, `${zh.length}, ${en.length}`);
    });

    it('is a harmless twin’s business first, unless that is switched off', () => {
      const content = '合计\u00a0¥5•您好〜';
      assert.equal((of({ content }) as Extract<Checked, { ok: true }>).text, '合计 ￥5·您好～');
      assert.equal(fate({ content }, { transliterate: false }), 'REJECTED UNENCODABLE');
    });

    it('does not concern a platform that takes UTF-8, except for half a character', () => {
      assert.equal(fate({ content: '张㛃😀\u00a0¥' }, { charset: 'utf8' }), 'ok');
      assert.equal((of({ content: '¥' }, { charset: 'utf8' }) as Extract<Checked, { ok: true }>).text, '¥');
      assert.equal(fate({ content: '半个\ud83d' }, { charset: 'utf8' }), 'REJECTED UNENCODABLE');
    });
  });

  describe('GARBLED', () => {
    const garbled = ['社保???', '余额\ufffd元', '锟斤拷锟斤拷'];

    it('is what a wrong charset leaves of a text; it is held, not refused', () => {
      for (const content of garbled) {
        assert.equal(fate({ content }), 'HELD GARBLED', content);
        assert.notEqual(fate({ content }, { garbled: 'send' }), 'HELD GARBLED', content);
      }
      for (const content of ['真的吗??', '吗？？？', '锟斤']) assert.equal(fate({ content }), 'ok', content);
    });

    it('is Chinese that arrived as latin1, too, and names the client’s character set', () => {
      const content = Buffer.from('一共两行').toString('latin1');
      assert.equal(fate({ content }), 'HELD GARBLED');
      assert.match(sentence({ content }), /客户端字符集.*SET NAMES utf8mb4/);
      assert.ok(sentence({ content }).length < 400);
      assert.equal(fate({ content, lastCode: 'GARBLED' }), 'REJECTED UNENCODABLE');
    });

    it('is sent when a person has put it back, also when it then could not be sent at once', () => {
      const content = '社保???';
      assert.equal(fate({ content, lastCode: 'GARBLED' }), 'ok');
      const serial = '20261123101500000001';
      assert.equal(fate({ content, lastCode: 'NOT_REACHED', requeued: true, prevSerial: serial }), 'ok');
      // put back for another reason it has not been looked at
      assert.equal(fate({ content, lastCode: '13', requeued: true }), 'HELD GARBLED');
      assert.equal(fate({ content, lastCode: 'EDITED', prevSerial: serial }), 'HELD GARBLED');
    });
  });

  describe('UNSUPPORTED', () => {
    it('names what this version cannot do', () => {
      const cases: [Partial<OutboxRow>, RegExp][] = [
        [{ msgType: 'EXIN' }, /msg_type=EXIN/],
        [{ channel: 'second' }, /no channel second; leave channel empty or write main/],
        [{ extNo: '12a' }, /ext_no must be digits only/],
        [{ extNo: ' ' }, /ext_no must be digits only/],
      ];
      for (const [row, why] of cases) {
        assert.equal(fate(row), 'REJECTED UNSUPPORTED');
        assert.match(sentence(row), why);
      }
      assert.equal(fate({ channel: 'main', extNo: '0123' }), 'ok');
      assert.equal(fate({ extNo: '' }), 'ok');
    });
  });

  describe('STALE', () => {
    it('is a row past its expire_at', () => {
      assert.equal(fate({ expiresInMs: 0 }), 'EXPIRED STALE');
      assert.equal(fate({ expiresInMs: 1 }), 'ok');
      // that is the bureau's word, whoever puts the row back
      assert.equal(fate({ expiresInMs: -1, lastCode: 'STALE' }), 'EXPIRED STALE');
    });

    it('is one older than outbox.maxAge, or than its category may get', () => {
      const rules = { maxAgeMs: 60_000, maxAgeByCategory: new Map([['CODE', 10_000]]) };
      assert.equal(fate({ ageMs: 60_000 }, rules), 'ok');
      assert.equal(fate({ ageMs: 60_001 }, rules), 'EXPIRED STALE');
      assert.equal(fate({ ageMs: 10_001, category: 'CODE' }, rules), 'EXPIRED STALE');
      assert.equal(fate({ ageMs: 1e12 }), 'ok');
      assert.match(sentence({ ageMs: 75_400 }, rules), /75 秒.*时限 60 秒.*waited 75 s, over the limit of 60 s/);
    });

    it('is not one that a person has put back; it is one that we have', () => {
      const rules = { maxAgeMs: 1000 };
      assert.equal(fate({ ageMs: 5000, lastCode: 'STALE' }, rules), 'ok');
      assert.equal(fate({ ageMs: 5000, lastCode: '11', requeued: true }, rules), 'EXPIRED STALE');
    });
  });

  describe('the text as it goes out', () => {
    const text = '【某市人社局】';
    it('has the signature where it belongs, once', () => {
      const with_ = (place: Rules['signature']['place'], content: string): string =>
        body(content, { ...RULES, signature: { place, text } });
      assert.equal(with_('none', '您好'), '您好');
      assert.equal(with_('prefix', '您好'), `${text}您好`);
      assert.equal(with_('suffix', '您好'), `您好${text}`);
      assert.equal(with_('prefix', `您好${text}`), `您好${text}`);
    });
  });

  it('hears the reason first that a DBA could do most about: age, then what is unsupported, number, text', () => {
    const all = { expiresInMs: -1, msgType: 'EXIN', phone: 'x', content: '' };
    assert.equal(fate(all), 'EXPIRED STALE');
    assert.equal(fate({ ...all, expiresInMs: null }), 'REJECTED UNSUPPORTED');
    assert.equal(fate({ phone: 'x', content: '' }), 'REJECTED BAD_PHONE');
  });

  describe('of any row', () => {
    const anyText = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme' }),
      fc.string({
        unit: fc.constantFrom('您', '?', '\ufffd', '锟斤拷', '\u200b', '¥', '€', '😀', '\ud800', ' ', '\0', 'a'),
      }),
    );
    const anyRow = fc.record({
      phone: anyText,
      content: fc.option(anyText),
      extNo: fc.option(anyText),
      category: anyText,
      channel: fc.option(anyText),
      lastCode: fc.option(anyText),
      ageMs: fc.integer(),
      expiresInMs: fc.option(fc.integer()),
      requeued: fc.boolean(),
    });

    it('never throws, and refuses with a code of the table and a sentence in both languages', () => {
      fc.assert(
        fc.property(anyRow, fc.constantFrom('gbk', 'utf8'), (row, charset) => {
          const checked = of(row, { charset, maxAgeMs: 1000 });
          if (checked.ok) return;
          const { code, text } = checked.refusal;
          assert.ok(LOCAL_CODES.has(code), code);
          assert.match(text.zh, /[\u4e00-\u9fff]/);
          assert.ok(text.en.length > 10);
        }),
        { numRuns: 1000 },
      );
    });

    it('passes a text exactly if GBK carries all of it there and back, the harmless twins apart', () => {
      fc.assert(
        fc.property(anyText, (content) => {
          const carried = transliterate(content);
          const roundTrip = iconv.decode(iconv.encode(carried, 'cp936'), 'cp936') === carried && !carried.includes('€');
          fc.pre(carried.trim() !== '' && carried.length <= 402 && !/\ufffd|锟斤拷|\?{3}/.test(content));
          assert.equal(fate({ content }), roundTrip ? 'ok' : 'REJECTED UNENCODABLE');
        }),
        { numRuns: 2000 },
      );
    });

    it('passes in GBK every character that a name can have and cp936 holds', () => {
      for (const name of ['镕', '喆', '堃', '龑', '旸', '玥', '翀', '犇'])
        assert.equal(fate({ content: name }), 'ok', name);
      for (const name of ['㛃', '㙦', '䲜', '𬭼', '䶮'])
        assert.equal(fate({ content: name }), 'REJECTED UNENCODABLE', name);
    });
  });
});
