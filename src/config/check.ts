import { accessSync, constants, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Text } from '../lib/text.ts';
import { crossCheck, crossWarn } from './cross.ts';
import type { Draft, Report } from './cross.ts';
import { loadFile } from './load.ts';
import type { Loaded, Place } from './load.ts';
import { nearest } from './nearest.ts';
import { configError } from './problem.ts';
import type { Problem } from './problem.ts';
import type { Node, Section, Setting } from './setting.ts';
import { settings } from './settings.ts';
import type { Config } from './settings.ts';

export interface Checked {
  /** Null when there are problems. */
  readonly config: Config | null;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** Files beside it whose content is a part of it: certificates, lists, `${file:…}`. */
  readonly files: readonly string[];
}

/** Sections whose secrets and files must be there; what else is missing of those stands as its default. */
export type Needs = readonly (keyof Config)[] | 'all';

/** The configuration in `file`. Throws a ConfigError that lists every problem with its line; warnings go to `warn`. */
export function loadConfig(
  file: string,
  options: {
    readonly env?: NodeJS.ProcessEnv;
    readonly needs?: Needs;
    readonly warn?: (warning: Problem) => void;
    /** Told of each file beside it whose content is a part of it. */
    readonly reads?: (file: string) => void;
  } = {},
): Config {
  const { config, problems, warnings, files } = checkConfig(file, options.env, options.needs);
  if (config === null) throw configError(file, problems);
  for (const warning of warnings) options.warn?.(warning);
  for (const each of files) options.reads?.(each);
  return config;
}

/** All problems and warnings of `file` at once. Throws ConfigError only when the file cannot be read. */
export function checkConfig(file: string, env: NodeJS.ProcessEnv = process.env, needs: Needs = 'all'): Checked {
  const loaded = loadFile(file, env);
  if (loaded.problems.length > 0 && loaded.value === null)
    return { config: null, problems: loaded.problems, warnings: [], files: [] };

  const check = new Check(file, loaded, needs);
  const draft = check.node(settings, loaded.value ?? {}, '') as Draft | undefined;
  if (draft) {
    crossCheck(draft, check.problem, needs === 'all' || needs.includes('http'));
    crossWarn(draft, check.warning);
  }
  if (process.platform !== 'win32' && (statSync(file).mode & 0o004) !== 0) {
    check.warning('', {
      zh: `本机所有用户都能读这个文件：请执行 chmod 600 ${file}`,
      en: `every user of this machine can read this file: chmod 600 ${file}`,
    });
  }
  const { problems, warnings } = check;
  const files = [...loaded.files, ...check.files];
  return { config: problems.length === 0 ? (draft as Config) : null, problems, warnings, files };
}

/** One walk through the table of settings beside the values of a file. */
class Check {
  readonly problems: Problem[];
  readonly warnings: Problem[] = [];
  readonly files: string[] = [];
  readonly #file: string;
  readonly #places: ReadonlyMap<string, Place>;
  readonly #unresolved: readonly Problem[];
  readonly #needs: Needs;

  constructor(file: string, loaded: Loaded, needs: Needs) {
    this.#file = file;
    this.#places = loaded.places;
    this.#unresolved = loaded.unresolved;
    this.#needs = needs;
    this.problems = [...loaded.problems, ...loaded.unresolved];
  }

  readonly problem = (path: string, message: Text, hint?: Text): void => {
    this.problems.push(this.#at(path, message, hint));
  };

  readonly warning: Report = (path, message) => {
    this.warnings.push(this.#at(path, message));
  };

  /** The value as used, or undefined when it is wrong. */
  node(node: Node, value: unknown, path: string): unknown {
    switch (node.kind) {
      case 'section':
        return this.#section(node, value, path);
      case 'choice':
        return this.node(isMap(value) ? node.map : node.one, value, path);
      case 'setting':
        return this.#setting(node, value, path);
      case 'several':
        return node.by === 'order' ? this.#list(node.item, value, path) : this.#named(node.item, value, path);
    }
  }

  #list(item: Section, value: unknown, path: string): unknown[] | undefined {
    if (value === undefined || value === null) return [];
    if (Array.isArray(value)) return value.map((each, i) => this.#section(item, each, `${path}.${i}`));
    this.problem(path, { zh: '这里应是一个列表，每项以 - 开头', en: 'expected a list, each item with a - before it' });
    return undefined;
  }

  #named(item: Section, value: unknown, path: string): Record<string, unknown> | undefined {
    if (value === undefined || value === null) return {};
    if (!isMap(value)) {
      this.problem(path, { zh: '这里应是一组名字', en: 'expected a map of names' });
      return undefined;
    }
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => {
        if (!NAME.test(name)) {
          this.problem(join(path, name), {
            zh: '名字只能用字母、数字和下划线，字母开头，最多 40 个字符',
            en: 'a name is made of letters, digits and underscores, a letter first, 40 characters at most',
          });
        }
        return [name, this.#section(item, each, join(path, name))];
      }),
    );
  }

  #section(section: Section, value: unknown, path: string): Record<string, unknown> | undefined {
    if (value !== undefined && value !== null && !isMap(value)) {
      this.problem(path, { zh: '这里应是一组键', en: 'expected a map of keys' });
      return undefined;
    }
    const given = isMap(value) ? value : {};
    const known = Object.keys(section.keys);
    const misspelt = new Set<string>();
    for (const key of Object.keys(given)) {
      if (Object.hasOwn(section.keys, key)) continue;
      const meant = nearest(
        key,
        known.filter((each) => given[each] === undefined),
      );
      if (meant !== null) misspelt.add(meant);
      this.problem(join(path, key), { zh: '没有这个键', en: 'unknown key' }, keyHint(key, meant, path, known));
    }
    const result: Record<string, unknown> = {};
    for (const [key, node] of Object.entries(section.keys)) {
      // one mistake, one line: what was misspelt is not also missing
      if (given[key] === undefined && misspelt.has(key)) continue;
      result[key] = this.node(node, given[key], join(path, key));
    }
    return result;
  }

  #setting(setting: Setting, given: unknown, path: string): unknown {
    if ((setting.secret || setting.login) && this.#spared(path)) return setting.fallback ? setting.fallback() : '';
    const expected = { zh: `应为${gap(setting.expects.zh)}`, en: `expected ${setting.expects.en}` };
    const missing = given === undefined || (given === null && !setting.schema.safeParse(null).success);
    if (missing && !setting.fallback) {
      this.problem(path, { zh: '缺少这个键', en: 'is missing' }, expected);
      return undefined;
    }
    const place = this.#places.get(path);
    const value = missing ? setting.fallback?.() : asWritten(setting, given, place);
    const result = setting.schema.safeParse(value);
    if (!result.success) {
      // a reference that could not be resolved was reported where it stands
      if (this.problems.some((each) => each.path === path)) return undefined;
      const inner = result.error.issues[0]?.path.map(String) ?? [];
      const later = setting.later?.[String(value)];
      const hint = later ? undefined : valueHint(setting, value, place, expected);
      this.problem(this.#deepest(path, inner), later ?? wrong(setting, value, place), hint);
      return undefined;
    }
    if (!missing) this.#warnOfClearText(setting, given, path);
    return this.#located(setting, result.data, path);
  }

  #needed(path: string): boolean {
    return this.#needs === 'all' || this.#needs.some((section) => section === path.split('.')[0]);
  }

  /** True of a secret that cannot be had and that nobody needs now; it is no problem then. */
  #spared(path: string): boolean {
    const missing = this.#unresolved.filter((each) => each.path === path || each.path.startsWith(`${path}.`));
    if (missing.length === 0 || this.#needed(path)) return false;
    for (const each of missing) this.problems.splice(this.problems.indexOf(each), 1);
    return true;
  }

  #located(setting: Setting, value: unknown, path: string): unknown {
    if (setting.file === undefined || typeof value !== 'string') return value;
    const absolute = resolve(dirname(this.#file), value);
    if (setting.file === 'readable') this.files.push(absolute);
    if (setting.file === 'readable' && this.#needed(path)) {
      try {
        accessSync(absolute, constants.R_OK);
      } catch {
        this.problem(path, { zh: `读不了文件 ${absolute}`, en: `cannot read the file ${absolute}` });
        return undefined;
      }
    }
    return absolute;
  }

  #warnOfClearText(setting: Setting, given: unknown, path: string): void {
    if (typeof given !== 'string' || this.#places.get(path)?.reference !== 'none') return;
    const secret = setting.secret ? (setting.isSecret?.(given) ?? given !== '') : /:\/\/[^/@]*:[^/@]*@/.test(given);
    if (!secret) return;
    this.warning(path, {
      zh: '口令以明文写在文件里：请改用 ${secret:名称}、${env:变量名} 或 ${file:文件}',
      en: 'a password stands in the file in clear text: use ${secret:NAME}, ${env:NAME} or ${file:PATH}',
    });
  }

  /** The path of the innermost item of a list or map that has a place of its own. */
  #deepest(path: string, inner: readonly string[]): string {
    const whole = [path, ...inner].join('.');
    return this.#places.has(whole) ? whole : path;
  }

  /** At the key, or at the closest key above it that exists. */
  #at(path: string, message: Text, hint?: Text): Problem {
    let above = path;
    while (above !== '' && !this.#places.has(above)) above = above.slice(0, Math.max(0, above.lastIndexOf('.')));
    const { line, column } = this.#places.get(above) ?? { line: 1, column: 1 };
    return { file: this.#file, line, column, path, message, ...(hint ? { hint } : {}) };
  }
}

/** As it can stand in SQL after a colon. */
const NAME = /^[A-Za-z]\w{0,39}$/;

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

/** A Chinese sentence keeps a blank before letters and digits. */
function gap(zh: string): string {
  return /^[!-~]/.test(zh) ? ` ${zh}` : zh;
}

/** The environment only has text; where a number or a switch is wanted, it is read as one. */
function asWritten(setting: Setting, given: unknown, place: Place | undefined): unknown {
  if (typeof given !== 'string' || place?.reference !== 'whole') return given;
  if (setting.scalar === 'number' && /^-?\d{1,15}$/.test(given)) return Number(given);
  if (setting.scalar === 'flag' && /^(true|false)$/.test(given)) return given === 'true';
  return given;
}

function wrong(setting: Setting, value: unknown, place: Place | undefined): Text {
  const hidden = setting.secret === true || place === undefined || place.reference !== 'none';
  const shown = hidden || isMap(value) || Array.isArray(value) ? '' : (place.source ?? String(value));
  // an address may carry a login
  if (shown === '' || shown.length > 60 || shown.includes('@')) return { zh: '值不对', en: 'wrong value' };
  return { zh: `值 ${shown} 不对`, en: `wrong value ${shown}` };
}

function valueHint(setting: Setting, value: unknown, place: Place | undefined, expected: Text): Text {
  if (setting.scalar === 'text' && (typeof value === 'number' || typeof value === 'boolean')) {
    const quoted = setting.secret || !place?.source ? '"…"' : `"${place.source}"`;
    return {
      zh: `${expected.zh}；没有引号不会当作文本，请写成 ${quoted}`,
      en: `${expected.en}; without quotes it is not read as text, write ${quoted}`,
    };
  }
  const meant = typeof value === 'string' && setting.words ? nearest(value, setting.words) : null;
  return meant === null
    ? expected
    : { zh: `${expected.zh}；是否想写 ${meant}？`, en: `${expected.en}; did you mean ${meant}?` };
}

function keyHint(key: string, meant: string | null, path: string, known: readonly string[]): Text {
  if (meant !== null) return { zh: `是否想写 ${meant}？`, en: `did you mean ${meant}?` };
  const elsewhere = pathsOf(settings).filter((each) => each !== join(path, key) && each.split('.').at(-1) === key);
  if (elsewhere.length > 0 && elsewhere.length <= 3) {
    const paths = elsewhere.join(', ');
    return { zh: `它的位置是 ${paths}`, en: `it belongs to ${paths}` };
  }
  return { zh: `这里可用的键：${known.join('、')}`, en: `known here: ${known.join(', ')}` };
}

/** The dotted paths of all settings. */
export function pathsOf(node: Node, path = ''): string[] {
  if (node.kind === 'setting') return [path];
  if (node.kind === 'several') return [path, ...pathsOf(node.item, join(path, '*'))];
  if (node.kind === 'choice') return [...new Set([...pathsOf(node.one, path), ...pathsOf(node.map, path)])];
  return Object.entries(node.keys).flatMap(([key, each]) => pathsOf(each, join(path, key)));
}
