/** A statement whose values stand in it by name (`:phone`): between the pieces, in this order, comes one value each. */
export interface NamedSql {
  /** One more than names. */
  readonly pieces: readonly string[];
  readonly names: readonly string[];
}

/** What a statement has that keeps it from being used; null: nothing. */
export type SqlFault = 'empty' | 'notSelect' | 'several' | 'mark' | 'unclosed';

/** What a name is not looked for in: texts, quoted names, comments, PostgreSQL's casts and $$texts$$. */
const ASIDE = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|--[^\n]*|\/\*[\s\S]*?\*\/|\$(\w*)\$[\s\S]*?\$\1\$|::/y;
const OPENING = /['"`]|\/\*/y;
/** Blanks, brackets and comments before the first word. */
const LEADING = /^(?:\s|\(|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)+/;
const NAME = /:([A-Za-z_]\w*)/y;

/** Takes a statement as an admin writes it apart. Values never become part of the text: every engine gets its own mark for them. */
export function namedSql(text: string): { readonly sql: NamedSql; readonly fault: SqlFault | null } {
  const pieces: string[] = [];
  const names: string[] = [];
  let piece = '';
  let fault: SqlFault | null = null;
  // a trailing semicolon is what people are used to
  const body = text.trim().replace(/;\s*$/, '');
  for (let at = 0; at < body.length;) {
    const aside = match(ASIDE, body, at);
    const name = aside === null ? match(NAME, body, at) : null;
    if (name !== null) {
      pieces.push(piece);
      names.push(name[1] ?? '');
      piece = '';
      at += name[0].length;
      continue;
    }
    const taken = aside?.[0] ?? body.charAt(at);
    if (aside === null) {
      if (taken === ';') fault ??= 'several';
      if (taken === '?') fault ??= 'mark';
      if (match(OPENING, body, at) !== null) fault ??= 'unclosed';
    }
    piece += taken;
    at += taken.length;
  }
  pieces.push(piece);
  const first = /^\w+/.exec(body.replace(LEADING, ''))?.[0].toLowerCase();
  if (first === undefined) fault ??= 'empty';
  else if (first !== 'select' && first !== 'with') fault ??= 'notSelect';
  return { sql: { pieces, names }, fault };
}

/** The statement with `mark(i)` where its i-th value goes. */
export function marked({ pieces }: NamedSql, mark: (i: number) => string): string {
  return pieces.map((piece, i) => (i === 0 ? piece : mark(i - 1) + piece)).join('');
}

/** The values in the order of their marks; a name nobody gave is a bug of ours. */
export function valuesFor({ names }: NamedSql, values: Readonly<Record<string, string>>): string[] {
  return names.map((name) => {
    const value = values[name];
    if (value === undefined) throw new TypeError(`no value for :${name}`);
    return value;
  });
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
