import { cardOf, PASSWORD, phoneOf } from '../support/bureau.ts';

export interface Hostile {
  readonly phone: string;
  readonly content: string;
}

/** Numbers in [0, 1). */
type Random = () => number;

const SQL = [
  "' OR '1'='1",
  "'; DROP TABLE card; --",
  '" OR ""="',
  "1' UNION SELECT name, balance FROM card --",
  '\\',
  "\\' OR 1=1 --",
  '/**/OR/**/1=1',
  ':phone',
  '?',
  '$1',
  '%',
  '_',
  '1;1',
  '0x36',
  "1'||(SELECT balance FROM card)||'",
];
const TEMPLATES = [
  '{balance}',
  '{{',
  '}}',
  '{#rows}',
  '{/rows}',
  '{name|mask}',
  '${env:YXT_PASSWORD}',
  '$&',
  '`id`',
  '%s%n',
  '{phone',
];
const LOOK_ALIKES = [
  '٦٢٢٢',
  '６２２２',
  '①②③④',
  '𝟔𝟐𝟐𝟐',
  'б222',
  'O222',
  'l222',
  '六二二二',
  '6\u200b222',
  '6\u0301222',
  'Ⅵ222',
];
const ODD = [
  '\u0000',
  '\u0007',
  '\u001b[2J',
  '\u202e',
  '\ufeff',
  '\ud83d',
  '\ude00',
  '\u2028',
  '\r\n',
  '\t',
  '😀',
  '𠮷',
  '䶮',
  '\u00a0',
  '￼',
];
const WORDS = [
  'SBYE',
  'sbye',
  'ＳＢＹＥ',
  '余额查询',
  'SBYE1',
  'SB YE',
  'ХВЕ',
  'HELP',
  'TD',
  '退订',
  '您好，我正在开会',
  '__proto__',
  'constructor',
  'toString',
];
const MARKS = ['#', '*', '＃', '＊', ' ', '，', '##', ' # ', '', '+', ':', '、'];
const PHONES = [
  '106900000000001',
  '10086',
  '95588',
  '12333',
  '+8613900000001',
  '0086 139 0000 0001',
  '１３９００００００００１',
  '',
  '?',
  "1' OR 1=1",
  'abc',
  '000',
];

/** What nobody should write, what is nearly right, and sometimes what is right; `cards` are those of the bureau. */
export function hostile(random: Random, cards: number): Hostile {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const n = Math.floor(random() * cards);
  const junk = (): string =>
    Array.from({ length: 1 + Math.floor(random() * 4) }, () =>
      pick([...SQL, ...TEMPLATES, ...LOOK_ALIKES, ...ODD, ...MARKS]),
    ).join('');
  const card = random() < 0.6 ? cardOf(n) : random() < 0.5 ? cardOf(Math.floor(random() * cards)) : junk();
  const password =
    random() < 0.5 ? PASSWORD : random() < 0.5 ? String(Math.floor(random() * 1e6)).padStart(6, '0') : junk();
  const contents: (() => string)[] = [
    () => `SBYE#${cardOf(n)}*${PASSWORD}`,
    () => `${pick(WORDS)}${pick(MARKS)}${card}${pick(MARKS)}${password}`,
    () => `${pick(WORDS)}${pick(MARKS)}${card}${pick(MARKS)}${password}${pick(MARKS)}${junk()}`,
    () => `SBYE#${card}*${junk()}`,
    () => `SBYE#${junk()}*${PASSWORD}`,
    () => `SBYE${junk()}`,
    () => junk().repeat(1 + Math.floor(random() * 300)),
    () => `SBYE#${'9'.repeat(1 + Math.floor(random() * 1200))}`,
    () => pick(['', ' ', '#', '\u0000', '*'.repeat(1000), '😀'.repeat(500)]),
    () =>
      Array.from({ length: Math.floor(random() * 60) }, () => String.fromCharCode(Math.floor(random() * 0x10000))).join(
        '',
      ),
  ];
  return { phone: random() < 0.93 ? phoneOf(n) : pick(PHONES), content: pick(contents)() };
}
