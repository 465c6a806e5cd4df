import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Pair, YAMLError } from 'yaml';
import { ConfigError } from '../lib/errors.ts';
import type { Text } from '../lib/text.ts';
import type { Problem } from './problem.ts';
import { readSecret } from './secrets.ts';

/** Where a key stands in the file, and how its value was written. */
export interface Place {
  readonly line: number;
  readonly column: number;
  /** A scalar as it stands in the file, before YAML made a number of it. */
  readonly source: string | null;
  /** `part`: `${env:…}`, `${file:…}` or `${secret:…}` stands in it, `whole`: and nothing else. Such a value is never shown. */
  readonly reference: 'none' | 'part' | 'whole';
}

export interface Loaded {
  /** Plain objects without prototype, arrays and scalars; null for an empty file. */
  readonly value: unknown;
  /** By dotted path. */
  readonly places: ReadonlyMap<string, Place>;
  readonly problems: readonly Problem[];
  /** References to a variable or file that is not there: a problem only for whoever needs the value. */
  readonly unresolved: readonly Problem[];
  /** Those of `${file:…}`. */
  readonly files: readonly string[];
}

const ALIAS = { zh: '以 * 或 & 开头的值要加引号', en: 'a value that begins with * or & needs quotes' };

/** What to say of the YAML parser's errors. Its own messages may quote the file, hence a password, and are never shown. */
const YAML_ERRORS: Partial<Record<YAMLError['code'], Text>> = {
  DUPLICATE_KEY: { zh: '同一个键写了两次', en: 'this key is given twice' },
  TAB_AS_INDENT: { zh: '缩进不能用制表符，请用空格', en: 'indented with a tab; use blanks' },
  BAD_INDENT: { zh: '缩进不对', en: 'wrong indentation' },
  BAD_ALIAS: ALIAS,
  BAD_SCALAR_START: { zh: '以 @ 或 ` 开头的值要加引号', en: 'a value that begins with @ or ` needs quotes' },
  MISSING_CHAR: { zh: '缺少引号、括号、逗号、冒号或空格', en: 'a quote, bracket, comma, colon or blank is missing' },
  MULTIPLE_DOCS: { zh: '只能有一个文档（不要写 ---）', en: 'only one document is allowed (no ---)' },
  MULTILINE_IMPLICIT_KEY: { zh: '引号没有结束，或缺少冒号', en: 'a quote is not closed, or a colon is missing' },
  TAG_RESOLVE_FAILED: { zh: '以 ! 开头的值要加引号', en: 'a value that begins with ! needs quotes' },
};

/**
 * Reads the file, with the position of every key, and puts the values of `${env:NAME}`, `${file:PATH}` and `${secret:NAME}` in their places
 * (`$${` stands for a plain `${`). Problems are collected. Throws ConfigError only when the file cannot be read at all.
 */
export function loadFile(file: string, env: NodeJS.ProcessEnv = process.env): Loaded {
  const lines = new LineCounter();
  const document = parseDocument(readUtf8(file), { lineCounter: lines, prettyErrors: false });
  const problems: Problem[] = [];
  const unresolved: Problem[] = [];
  const files: string[] = [];
  const places = new Map<string, Place>();

  const place = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const problem = (offset: number, path: string, message: Text, list = problems): void => {
    list.push({ file, ...place(offset), path, message });
  };

  for (const error of [...document.errors, ...document.warnings]) {
    const known = YAML_ERRORS[error.code] ?? { zh: 'YAML 写法有误', en: 'not valid YAML' };
    problem(error.pos[0], '', { zh: `${known.zh}（${error.code}）`, en: `${known.en} (${error.code})` });
  }
  // a broken document would be read as something that nobody wrote
  if (problems.length > 0) return { value: null, places, problems, unresolved, files };

  function read(node: unknown, path: string, at: number): unknown {
    if (isAlias(node)) {
      problem(at, path, ALIAS);
      return undefined;
    }
    if (isMap(node)) {
      const map = Object.create(null) as Record<string, unknown>;
      for (const pair of node.items) {
        const key = keyOf(pair);
        const offset = isScalar(pair.key) ? (pair.key.range?.[0] ?? at) : at;
        map[key] = readAt(pair.value, path === '' ? key : `${path}.${key}`, offset);
      }
      return map;
    }
    if (isSeq(node)) return node.items.map((item, index) => readAt(item, `${path}.${index}`, at));
    if (!isScalar(node)) return null;
    return typeof node.value === 'string' ? resolveReferences(node.value, path, at) : node.value;
  }

  function readAt(node: unknown, path: string, offset: number): unknown {
    const scalar = isScalar(node) ? node : null;
    const own = scalar && /\.\d+$/.test(path) ? (scalar.range?.[0] ?? offset) : offset;
    places.set(path, {
      ...place(own),
      source: scalar?.source ?? null,
      reference: typeof scalar?.value === 'string' ? referenceIn(scalar.value) : 'none',
    });
    return read(node, path, own);
  }

  function resolveReferences(written: string, path: string, at: number): string {
    return written.replace(
      /\$\$\{|\$\{(?:(env|file|secret):([^}]*)\})?/g,
      (match: string, kind: string | undefined, name: string) => {
        if (match === '$${') return '${';
        if (kind === 'env') {
          const value = env[name];
          if (value === undefined) {
            const text = { zh: `没有环境变量 ${name}`, en: `environment variable ${name} is not set` };
            problem(at, path, text, unresolved);
          }
          return value ?? '';
        }
        if (kind !== undefined) {
          try {
            if (kind === 'secret') return readSecret({ configFile: file, env }, name);
            const path = resolve(dirname(file), name);
            files.push(path);
            return readUtf8(path).replace(/\r?\n$/, '');
          } catch (error) {
            const why = error instanceof ConfigError ? error.text : { zh: String(error), en: String(error) };
            problem(at, path, why, unresolved);
            return '';
          }
        }
        problem(at, path, {
          zh: '看不懂的 ${…}：请写 ${env:变量名}、${file:文件} 或 ${secret:名称}；要写 ${ 本身请写 $${',
          en: 'not a reference: write ${env:NAME}, ${file:PATH} or ${secret:NAME}; for a plain ${ write $${',
        });
        return '';
      },
    );
  }

  return { value: read(document.contents, '', 0), places, problems, unresolved, files };
}

function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : '?';
}

function referenceIn(written: string): Place['reference'] {
  if (/^\$\{(?:env|file|secret):[^}]*\}$/.test(written)) return 'whole';
  return /(?<!\$)\$\{(?:env|file|secret):/.test(written) ? 'part' : 'none';
}

/** UTF-8, a byte order mark allowed. Throws ConfigError that says what is wrong with the file. */
function readUtf8(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'EIO';
    throw new ConfigError(
      'config',
      code === 'ENOENT'
        ? { zh: `没有文件 ${file}`, en: `no such file: ${file}` }
        : { zh: `读不了文件 ${file}（${code}）`, en: `cannot read ${file} (${code})` },
      { cause: error },
    );
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ConfigError('config', {
      zh: `文件 ${file} 不是 UTF-8 编码：请另存为 UTF-8`,
      en: `${file} is not UTF-8: save it as UTF-8`,
    });
  }
}
