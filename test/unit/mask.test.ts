import assert from 'node:assert/strict';
import fc from 'fast-check';
import { maskLine, maskPhone } from '../../src/lib/mask.ts';

const digits = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...Array.from('0123456789')), minLength: length, maxLength: length });
const phone = fc
  .tuple(fc.constantFrom(...Array.from('3456789')), digits(9))
  .map(([second, rest]) => `1${second}${rest}`);
/** Text around a number, which must not itself make the number longer. */
const around = fc.string({ unit: 'binary', maxLength: 20 }).map((s) => s.replace(/[0-9０-９+]/g, '码'));
const full = (s: string): string => s.replace(/\d/g, (d) => String.fromCharCode(d.charCodeAt(0) + 0xfee0));

describe('mask', () => {
  it('keeps the ends of a phone number, and nothing of anything else', () => {
    assert.equal(maskPhone('13000000001'), '130****0001');
    for (const written of ['+8613000000001', '8613000000001', '008613000000001', '130-0000 0001']) {
      assert.equal(maskPhone(written), '130****0001', written);
    }
    for (const other of ['', '10086', '余额是多少', '130000000011', '23000000001'])
      assert.equal(maskPhone(other), '****');
  });

  it('hides every phone number in every surrounding', () => {
    const prefix = fc.constantFrom('', '86', '+86', '0086', '+86 ', '86-');
    fc.assert(
      fc.property(around, around, prefix, phone, fc.boolean(), (before, after, code, number, wide) => {
        const line = maskLine(`${before}${code}${wide ? full(number) : number}${after}`);
        assert.ok(!line.includes(number) && !line.includes(full(number)), line);
      }),
    );
  });

  it('hides phone numbers written in groups and in lists', () => {
    assert.equal(maskLine('130-0000-0001'), '130****0001');
    assert.equal(maskLine('UserNumber=13000000001,13000000002'), 'UserNumber=130****0001,130****0002');
  });

  it('leaves no run of twelve digits: cards, identity numbers, also with a last X', () => {
    fc.assert(
      fc.property(around, around, fc.integer({ min: 12, max: 30 }).chain(digits), (before, after, run) => {
        const line = maskLine(before + run + after);
        assert.doesNotMatch(line, /\d{12}/);
        assert.ok(!line.includes(run.slice(0, 8)), line);
      }),
    );
    assert.equal(maskLine('11010519491231002X'), '****002X');
    assert.equal(maskLine('6222 0200 1234 5678 901'), '****8901');
  });

  it('hides passwords and texts in form bodies, connection strings, JSON and addresses', () => {
    const secret = fc.string({ unit: fc.constantFrom(...Array.from('abcXYZ*%+.-_!')), minLength: 6, maxLength: 20 });
    fc.assert(
      fc.property(secret, (value) => {
        for (const line of [
          `SpCode=000000&Password=${value}&f=1`,
          `pwd=${value};`,
          `{"password": "${value}"}`,
          `http://user:${value}@127.0.0.1:3128`,
          `MessageContent=${value}&UserNumber=`,
        ]) {
          assert.ok(!maskLine(line).includes(value), maskLine(line));
        }
      }),
    );
    assert.equal(maskLine('Password=a&f=1'), 'Password=****&f=1');
    assert.equal(maskLine('{"password":"a\\"b","f":1}'), '{"password":"****","f":1}');
  });

  it('leaves ordinary lines alone and changes nothing twice', () => {
    for (const line of [
      '2026-11-23 10:15:00 batch 500 rows in 120 ms',
      'result=13 剩余 1234567 条',
      '端口 9600，编号 12345678901',
    ]) {
      assert.equal(maskLine(line), line);
    }
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (line) => maskLine(maskLine(line)) === maskLine(line)));
  });
});
