/** Everything that people put between or around digits, in half and full width. */
const FILLING = /[\s\u200b\ufeff\-\u2010-\u2015\u2212\uff0d]+/gu;
const MOBILE = /^(?:\+86|0086|86)?(1[3-9]\d{9})$/;

/**
 * A mainland mobile number in its 11 digits, or null. Takes full-width digits, `+86`, `0086`, `86`, blanks and hyphens;
 * does not judge prefixes further, because lists of them age and the platform knows better.
 */
export function normalisePhone(written: string): string | null {
  const plain = MOBILE.exec(written);
  if (plain) return plain[1] ?? null;
  const folded = written
    .replace(/[\uff10-\uff19\uff0b]/gu, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0))
    .replace(FILLING, '');
  return MOBILE.exec(folded)?.[1] ?? null;
}
