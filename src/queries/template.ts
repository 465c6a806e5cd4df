import { FORMATS, isFormat, type Format } from './formats.ts';
import { fault, type Fault } from './fault.ts';

type Piece = string | { readonly name: string; readonly format: Format | null };

/** A reply: text with `{name|format}` holes, and between `{#rows}` and `{/rows}` what is repeated for each row. */
export interface Template {
  readonly head: readonly Piece[];
  readonly row: readonly Piece[];
  readonly foot: readonly Piece[];
}

const TOKEN = /\{\{|\}\}|\{([^{}]*)\}|[{}]/g;
const HOLE = /^([A-Za-z_]\w*)(?:\|(\w+))?$/;

/** `{{` and `}}` stand for the braces themselves. */
export function compileTemplate(text: string, key = 'reply'): { template: Template; faults: Fault[] } {
  const parts: [Piece[], Piece[], Piece[]] = [[], [], []];
  const faults: Fault[] = [];
  let part: 0 | 1 | 2 = 0;
  let from = 0;
  for (const token of text.matchAll(TOKEN)) {
    push(parts[part], text.slice(from, token.index));
    from = token.index + token[0].length;
    const inside = token[1]?.trim();
    if (token[0] === '{{' || token[0] === '}}') push(parts[part], token[0].charAt(0));
    else if (inside === undefined) {
      const around = text.slice(Math.max(0, token.index - 8), token.index + 8);
      faults.push(fault(key, `花括号不成对：…${around}…`, `a brace without its other half: …${around}…`));
    } else if (inside === '#rows' && part === 0) part = 1;
    else if (inside === '/rows' && part === 1) part = 2;
    else {
      const [, name, format] = HOLE.exec(inside) ?? [];
      if (name === undefined) {
        faults.push(
          fault(
            key,
            `看不懂 {${inside}}`,
            `{${inside}} is neither {name}, {name|format}, {#rows} nor {/rows} in its place`,
          ),
        );
      } else if (format !== undefined && !isFormat(format)) {
        const known = Object.keys(FORMATS).join(', ');
        faults.push(fault(key, `没有格式 ${format}；可用：${known}`, `there is no format ${format}; known: ${known}`));
      } else parts[part].push({ name: name.toLowerCase(), format: format ?? null });
    }
  }
  push(parts[part], text.slice(from));
  if (part === 1) faults.push(fault(key, '{#rows} 没有 {/rows}', '{#rows} lacks its {/rows}'));
  const [head, row, foot] = parts;
  return { template: { head, row, foot }, faults };
}

function push(pieces: Piece[], text: string): void {
  if (text !== '') pieces.push(text);
}

export interface Hole {
  readonly name: string;
  readonly format: Format | null;
}

export const holesOf = ({ head, row, foot }: Template): Hole[] =>
  [...head, ...row, ...foot].filter((piece) => typeof piece !== 'string');

export type Facts = Readonly<Record<string, string | null>>;

export interface Room {
  /** Characters (UTF-16 units) that fit. */
  readonly most: number;
  /** Said in the place of rows that do not. */
  readonly more: string;
  /** Rows beyond those given: the database had more. */
  readonly cut: boolean;
}

/**
 * The reply: `facts` outside the rows are the first row's. What a value holds is never read as a template. Rows that do not fit are
 * left out whole, and `more` says so; a text that is too long without any rows is cut.
 * @throws TypeError for a hole without a fact: the query has no such column
 */
export function render(template: Template, given: Facts, rows: readonly Facts[], room: Room): string {
  const first = { ...given, ...rows[0], count: String(rows.length) };
  const head = filled(template.head, first);
  const foot = filled(template.foot, first);
  const entries =
    template.row.length === 0 ? [] : rows.map((row) => filled(template.row, { ...given, ...row, count: first.count }));
  const whole = head + entries.join('') + foot;
  if (whole.length <= room.most && !(room.cut && entries.length > 0)) return whole;
  if (entries.length === 0) return shortened(whole, room.most);
  let body = '';
  for (const entry of entries) {
    if (head.length + body.length + entry.length + room.more.length + foot.length > room.most) break;
    body += entry;
  }
  return shortened(head + body + room.more + foot, room.most);
}

function filled(pieces: readonly Piece[], facts: Facts): string {
  return pieces
    .map((piece) => {
      if (typeof piece === 'string') return piece;
      const value = facts[piece.name];
      if (value === undefined) throw new TypeError(piece.name);
      const plain = (value ?? '').replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim();
      return piece.format === null ? plain : FORMATS[piece.format](plain);
    })
    .join('');
}

/** Never through the middle of a character. */
function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  let kept = '';
  for (const char of text) {
    if (kept.length + char.length + 1 > most) break;
    kept += char;
  }
  return `${kept}…`;
}
