import { fold } from '../inbound/fold.ts';
import { fault, type Fault } from './fault.ts';

/** digits: blanks and hyphens between them do not count · idcard: 17 digits and a digit or X · letters: and digits · text: anything. */
export const KINDS = ['digits', 'idcard', 'letters', 'text'] as const;
export type Kind = (typeof KINDS)[number];

/** One argument of a rule. */
export interface Argument {
  readonly name: string;
  /** As the citizen is told: 卡号. */
  readonly label: string;
  readonly kind: Kind;
  readonly min: number;
  readonly max: number;
  /** Wiped from `sms_inbox` once answered. */
  readonly secret: boolean;
}

export type ArgumentSettings = Omit<Argument, 'name' | 'label'> & { readonly label: string | null };

/** What follows the keyword. */
export interface Request {
  readonly arguments: readonly Argument[];
  /** How the citizen is told to write it: `SBYE#卡号*密码`. */
  readonly shown: string;
}

const USUAL: ArgumentSettings = { label: null, kind: 'digits', min: 1, max: 32, secret: false };
const HOLE = /\{([A-Za-z_]\w*)\}/g;

/** `{card}*{password}`, with or without the keyword before it. Between two arguments stand separators and nothing else. */
export function compileRequest(
  format: string,
  keywords: readonly string[],
  settings: Readonly<Record<string, ArgumentSettings>>,
  separators: string,
): { request: Request; faults: Fault[] } {
  const faults: Fault[] = [];
  const marks = new Set(fold(separators));
  const written = fold(format).trim();
  const upper = written.toUpperCase();
  const named = keywords.find((keyword) => upper === keyword || upper.startsWith(keyword));
  const rest = named === undefined ? written : written.slice(named.length);
  const names = [...rest.matchAll(HOLE)].map(([, name = '']) => name);
  const between = rest.split(HOLE).filter((_, i) => i % 2 === 0);
  const foreign = between.find((piece) => Array.from(piece).some((char) => char !== ' ' && !marks.has(char)));
  if (foreign !== undefined) {
    faults.push(
      fault(
        'format',
        `${foreign.trim()} 不能出现在格式里：关键字之后只写 {参数} 和 inbox.separators 中的分隔符`,
        `${foreign.trim()} cannot stand in a format: after the keyword come {arguments} and separators of inbox.separators`,
      ),
    );
  }
  if (between.slice(1, -1).some((piece) => piece.trim() === '' && !(marks.has(' ') && piece !== ''))) {
    faults.push(fault('format', '两个参数之间要有分隔符', 'two arguments need a separator between them'));
  }
  for (const name of new Set(names.filter((each, i) => names.indexOf(each) !== i || each === 'phone'))) {
    faults.push(
      name === 'phone'
        ? fault('format', 'phone 是发信号码，不能作参数名', 'phone is the sender’s number and no name for an argument')
        : fault('format', `参数 {${name}} 出现了两次`, `the argument {${name}} appears twice`),
    );
  }
  for (const name of Object.keys(settings).filter((each) => !names.includes(each))) {
    faults.push(fault(`args.${name}`, `格式里没有 {${name}}`, `the format has no {${name}}`));
  }
  const list = [...new Set(names)].map((name): Argument => {
    const given = settings[name] ?? USUAL;
    if (given.min > given.max) faults.push(fault(`args.${name}`, 'min 大于 max', 'min is greater than max'));
    return { ...given, name, label: given.label ?? name };
  });
  const mark = Array.from(fold(separators)).find((char) => char !== ' ') ?? ' ';
  const shownRest = rest.trim().replace(HOLE, (_, name: string) => list.find((a) => a.name === name)?.label ?? name);
  const glue = shownRest === '' || marks.has(shownRest.charAt(0)) ? '' : mark;
  return { request: { arguments: list, shown: `${keywords[0] ?? ''}${glue}${shownRest}` }, faults };
}

export type Values = Readonly<Record<string, string>>;

/**
 * What the citizen wrote after the keyword, argument by argument; null: not as the format wants it. Any separator serves in the place
 * of any other. Where a blank is one, people who write a number in groups are understood as well.
 */
export function readRequest({ arguments: list }: Request, args: string | null, separators: string): Values | null {
  const marks = new Set(fold(separators));
  const folded = fold(args ?? '');
  const blank = marks.delete(' ');
  return (blank ? read(list, split(folded, new Set([...marks, ' ']))) : null) ?? read(list, split(folded, marks));
}

function read(list: readonly Argument[], parts: readonly string[]): Values | null {
  const last = list.at(-1);
  // a text at the end may hold separators
  const joined =
    last?.kind === 'text' && parts.length > list.length
      ? [...parts.slice(0, list.length - 1), parts.slice(list.length - 1).join(' ')]
      : parts;
  if (joined.length !== list.length) return null;
  const values: Record<string, string> = {};
  for (const [i, argument] of list.entries()) {
    const value = plain(joined[i] ?? '', argument);
    if (value === null) return null;
    values[argument.name] = value;
  }
  return values;
}

const FITS: Readonly<Record<Kind, RegExp>> = {
  digits: /^[0-9]+$/,
  idcard: /^[0-9]{17}[0-9X]$/,
  letters: /^[0-9A-Za-z]+$/,
  text: /^\P{C}+$/u,
};

function plain(part: string, { kind, min, max }: Argument): string | null {
  const value =
    kind === 'digits' ? part.replace(/[ -]/g, '') : kind === 'idcard' ? part.replace(/[ -]/g, '').toUpperCase() : part;
  return value.length >= min && value.length <= max && FITS[kind].test(value) ? value : null;
}

/** Parts between runs of marks, without the empty ones. */
export function split(text: string, marks: ReadonlySet<string>): string[] {
  const parts: string[] = [];
  let part = '';
  for (const char of text) {
    if (marks.has(char)) {
      parts.push(part.trim());
      part = '';
    } else part += char;
  }
  return [...parts, part.trim()].filter((each) => each !== '');
}
