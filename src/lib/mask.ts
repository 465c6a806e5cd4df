/** Citizens also type full-width digits, and they are as telling as the others. */
const DIGIT = '[0-9０-９]';
const GAP = '[ \\u00a0\\u3000-]?';

const PHONE = new RegExp(
  `(?<!${DIGIT})(?:\\+?(?:00)?(?:86|８６)${GAP})?([1１][3-9３-９]${DIGIT})${GAP}${DIGIT}{4}${GAP}(${DIGIT}{4})(?!${DIGIT})`,
  'g',
);
/** Cards as printed, in groups of four. */
const GROUPED = new RegExp(
  `(?<!${DIGIT})${DIGIT}{4}(?:[ \\u00a0\\u3000-]${DIGIT}{4}){2,}(?:${GAP}${DIGIT}{1,4})?(?!${DIGIT})`,
  'g',
);
/** Cards and identity numbers (whose last sign may be an X). */
const LONG = new RegExp(`${DIGIT}{12,}[XxＸｘ]?`, 'g');
/** Form parameters and connection strings; the text of a message is as private as a password. */
const PARAMETER = /\b(password|passwd|pwd|secret|token|MessageContent)(\s*=\s*)(?:"[^"]*"|'[^']*'|[^&\s;"']*)/gi;
const JSON_MEMBER = /("(?:password|passwd|pwd|secret|token|MessageContent)"\s*:\s*)"(?:\\.|[^"\\])*"/gi;
const USERINFO = /(:\/\/)[^\s/@]*:[^\s/]*@/g;

/** `130****0001`; anything that is not a mainland mobile number becomes `****`, whatever it holds. */
export function maskPhone(phone: string): string {
  const bare = phone.replace(/[\s-]/g, '').replace(/^(?:\+|00)?86(?=1\d{10}$)/, '');
  return /^1[3-9]\d{9}$/.test(bare) ? `${bare.slice(0, 3)}****${bare.slice(-4)}` : '****';
}

/**
 * The log's last line of defence: hides phone numbers, long digit runs (12 and more: cards, identity numbers, also serials
 * and task ids) and the values of password-like parameters, wherever they stand in a line.
 */
export function maskLine(line: string): string {
  return line
    .replace(PARAMETER, '$1$2****')
    .replace(JSON_MEMBER, '$1"****"')
    .replace(USERINFO, '$1****@')
    .replace(PHONE, '$1****$2')
    .replace(GROUPED, (run) => `****${lastFour(run)}`)
    .replace(LONG, (run) => `****${lastFour(run)}`);
}

function lastFour(run: string): string {
  return run.replace(/[ \u00a0\u3000-]/g, '').slice(-4);
}
