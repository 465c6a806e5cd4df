/** A sentence for people, in both languages. Code passes it whole; only the edge (log, command line, row) picks one. */
export interface Text {
  readonly zh: string;
  readonly en: string;
}

export type Locale = 'zh-CN' | 'en';

/** The sentence in the reader's language. */
export function pick(text: Text, locale: Locale): string {
  return locale === 'en' ? text.en : text.zh;
}

/** `locale` of the configuration when given, else what the system's environment says, else Chinese. */
export function systemLocale(env: NodeJS.ProcessEnv = process.env): Locale {
  // an empty variable counts as none
  const lang = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || Intl.DateTimeFormat().resolvedOptions().locale;
  if (/^zh/i.test(lang)) return 'zh-CN';
  return /^(C|POSIX|en)/i.test(lang) ? 'en' : 'zh-CN';
}

/** English: `1 row`, `2 rows`. */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** Cut to `most` UTF-16 units for a column, never through the middle of a character. */
export function fit(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = /[\uD800-\uDBFF]/.test(text.charAt(most - 2)) ? most - 2 : most - 1;
  return `${text.slice(0, end)}…`;
}

/** The sentence for `result_text` (200 characters on every engine). */
export function rowText(text: Text, locale: Locale): string {
  return fit(pick(text, locale), 200);
}
