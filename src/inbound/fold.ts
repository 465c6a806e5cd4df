/** Contract §2.2: full-width digits and letters, `＃` and `＊`; they lie 0xFEE0 above their half-width twins. */
const FULL_WIDTH = /[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff03\uff0a]/gu;
/** What shows nothing at all: zero-width characters, byte-order and direction marks. */
const INVISIBLE = /\p{Cf}/gu;
/** Every blank of Unicode, line ends and tabs included: a line break between keyword and number separates them, too. */
const BLANKS = /\s/gu;
const CONTROLS = /\p{Cc}/gu;

/** What a citizen typed as the rules read it: full width folded to half width, blanks to spaces, nothing invisible. */
export function fold(text: string): string {
  return text
    .replace(FULL_WIDTH, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0))
    .replace(INVISIBLE, '')
    .replace(BLANKS, ' ')
    .replace(CONTROLS, '');
}

export interface Split {
  /** Upper-cased; null when there is nothing but blanks and separators. */
  readonly keyword: string | null;
  /** What follows the separator, as typed but folded; null when nothing does. */
  readonly args: string | null;
}

/**
 * Contract §2.2: `sbye # 6222…` → `SBYE`, `6222…`. Each character of `separators` separates; blanks around them do not count, nor
 * do repeated ones (`SBYE##6222`). A text without a separator is all keyword.
 */
export function splitKeyword(text: string, separators: string): Split {
  const folded = fold(text).trim();
  const marks = new Set(fold(separators));
  const from = skip(folded, 0, marks);
  let to = from;
  while (to < folded.length && !marks.has(folded.charAt(to))) to++;
  const keyword = folded.slice(from, to).trim().toUpperCase();
  const args = folded.slice(skip(folded, to, marks));
  return { keyword: keyword || null, args: args || null };
}

/** The first place from `at` on that is neither blank nor separator. */
function skip(text: string, at: number, marks: ReadonlySet<string>): number {
  while (at < text.length && (text.charAt(at) === ' ' || marks.has(text.charAt(at)))) at++;
  return at;
}
