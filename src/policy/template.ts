import type { Text } from '../lib/text.ts';

/** `{name}`, `{name:20}` (at most 20 characters), `{code:digits:4-6}`. */
export interface Hole {
  readonly name: string;
  readonly digits: boolean;
  readonly min: number;
  readonly max: number;
}

/** A body taken apart: literal, hole, literal, …, literal. */
export interface Body {
  readonly literals: readonly string[];
  readonly holes: readonly Hole[];
}

export interface Template extends Body {
  readonly code: string;
  readonly category: string | null;
  /** The number that the platform has given it. */
  readonly platformId: string | null;
}

/** `at`: index in the body; 0 where it is about all of it. */
export interface TemplateProblem {
  readonly at: number;
  readonly text: Text;
}

const HOLE = /^([\p{L}_][\p{L}\p{N}_]{0,39})(?::(digits))?(?::(?:(\d{1,4})-)?(\d{1,4}))?$/u;

/** `{{` and `}}` stand for the brackets themselves. */
export function parseBody(body: string): Body | TemplateProblem {
  if (body.trim() === '') return problem(0, '模板正文为空', 'the body is empty');
  const literals: string[] = [];
  const holes: Hole[] = [];
  let literal = '';
  for (let i = 0; i < body.length; i++) {
    const char = body.charAt(i);
    if ((char === '{' || char === '}') && body.charAt(i + 1) === char) {
      literal += char;
      i++;
    } else if (char === '}') {
      return problem(
        i,
        `第 ${i + 1} 字的 } 没有对应的 {（要写括号本身请写 }}）`,
        `the } at ${i + 1} closes nothing (write }} for the bracket itself)`,
      );
    } else if (char === '{') {
      const end = body.indexOf('}', i);
      if (end < 0) return problem(i, `第 ${i + 1} 字的 { 没有结束`, `the { at ${i + 1} is not closed`);
      const hole = holeOf(body.slice(i + 1, end));
      if (hole === null) {
        return problem(
          i,
          `第 ${i + 1} 字的变量写法不对，应如 {name}、{name:20}、{code:digits:4-6}`,
          `wrong hole at ${i + 1}; write {name}, {name:20} or {code:digits:4-6}`,
        );
      }
      holes.push(hole);
      literals.push(literal);
      literal = '';
      i = end;
    } else {
      literal += char;
    }
  }
  return { literals: [...literals, literal], holes };
}

function holeOf(written: string): Hole | null {
  const match = HOLE.exec(written);
  if (match === null) return null;
  const [, name = '', digits, least, most] = match;
  const [min, max] = [Number(least ?? 1), Number(most ?? Infinity)];
  return max < 1 || min > max ? null : { name, digits: digits !== undefined, min, max };
}

/** The text with its holes filled from `params`, a JSON object; or what is wrong with that. */
export function render(template: Body, params: string | null): string | Text {
  const values = template.holes.length === 0 ? new Map<string, string>() : valuesOf(params);
  if (!(values instanceof Map)) return values;
  let text = template.literals[0] ?? '';
  for (const [i, hole] of template.holes.entries()) {
    const value = values.get(hole.name);
    const wrong = value === undefined ? missing(hole) : misfit(hole, value);
    if (wrong !== null) return wrong;
    text += (value ?? '') + (template.literals[i + 1] ?? '');
  }
  return text;
}

/** How a value breaks the limits of its hole; null: it fits. */
function misfit(hole: Hole, value: string): Text | null {
  const { name, min, max, digits } = hole;
  if (value.length > max) {
    return {
      zh: `参数 ${name} 有 ${value.length} 字，最多 ${max} 字`,
      en: `parameter ${name} has ${value.length} characters, ${max} at most`,
    };
  }
  if (value.length < min) {
    return {
      zh: `参数 ${name} 只有 ${value.length} 字，至少 ${min} 字`,
      en: `parameter ${name} has ${value.length} characters, at least ${min} wanted`,
    };
  }
  if (digits && !/^\d*$/.test(value)) return { zh: `参数 ${name} 只能是数字`, en: `parameter ${name} must be digits` };
  if (/\p{Cc}/u.test(value))
    return { zh: `参数 ${name} 含控制字符`, en: `parameter ${name} holds a control character` };
  return null;
}

const missing = ({ name }: Hole): Text => ({ zh: `缺少参数 ${name}`, en: `parameter ${name} is missing` });

const NOT_JSON: Text = {
  zh: 'params 不是 JSON 对象，应如 {"name":"张三","amount":12.50}',
  en: 'params is not a JSON object such as {"name":"张三","amount":12.50}',
};

/** Numbers as they are written: a card number is longer than a number can hold, and 12.50 is not 12.5. */
function valuesOf(params: string | null): Map<string, string> | Text {
  let parsed: unknown;
  const asWritten = (_key: string, value: unknown, context?: { source?: string }): unknown =>
    typeof value === 'number' ? (context?.source ?? String(value)) : value;
  try {
    parsed = JSON.parse(params ?? '', asWritten);
  } catch {
    return NOT_JSON;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return NOT_JSON;
  const values = new Map<string, string>();
  for (const [name, value] of Object.entries(parsed)) {
    // null, lists and objects count as missing where they are needed
    if (typeof value === 'string') values.set(name, value);
  }
  return values;
}

const problem = (at: number, zh: string, en: string): TemplateProblem => ({ at, text: { zh, en } });
