import { parse } from 'yaml';
import { pathsOf } from './check.ts';
import type { Choice, Node, Section, Setting, Several } from './setting.ts';
import { settings } from './settings.ts';
import type { Config } from './settings.ts';

export interface InitialAnswers {
  readonly client: Config['database']['client'];
  /** By dotted path (`platform.spCode`), as they are to be written; `${env:…}` stays a reference. */
  readonly values?: Readonly<Record<string, unknown>>;
}

/** A commented config.yaml with the given answers; every other key has its default, or an example where there is none. */
export function initialConfig(answers: InitialAnswers): string {
  const values = new Map(Object.entries(answers.values ?? {}));
  const known = new Set(pathsOf(settings));
  for (const path of values.keys()) if (!known.has(path)) throw new TypeError(`no such setting: ${path}`);
  values.set('database.client', answers.client);
  return render({ values, everything: false });
}

/** The text of config.example.yaml: every key there is; those that exclude another one are commented out. */
export function exampleConfig(): string {
  return render({ values: new Map<string, unknown>([['database.client', 'mysql']]), everything: true });
}

interface Style {
  readonly values: ReadonlyMap<string, unknown>;
  readonly everything: boolean;
}

const HEAD = `# yxt-mw 的配置。改完先执行 yxt-mw doctor，再 yxt-mw reload。写错的键和值会连同行号一起指出。
# 每项上面是说明，方括号里是取值范围；没有改动的项可以整行删除，删除后按默认值处理。
# 时长要带单位：500ms、3s、2m、72h、30d。口令请写 "\${env:变量名}"、"\${file:文件}" 或 "\${secret:名称}"，不要写明文。
# 相对路径从本文件所在的目录算起。文件编码必须是 UTF-8。
#
# Configuration of yxt-mw. After a change run yxt-mw doctor, then yxt-mw reload. Wrong keys and values are refused with
# their line. Above each key stands what it means, in brackets what may be written. A line that you delete means its default.
# Durations have a unit: 500ms, 3s, 2m, 72h, 30d. Write passwords as "\${env:NAME}", "\${file:PATH}" or
# "\${secret:NAME}" (yxt-mw secret set NAME), not in clear text.
# Relative paths start at the folder of this file. The file must be UTF-8.
`;

function render(style: Style): string {
  const lines = Object.entries(settings.keys).flatMap(([key, node]) => ['', ...entry(key, node, key, style)]);
  return `${HEAD}${lines.join('\n')}\n`;
}

function entry(key: string, node: Node, path: string, style: Style): string[] {
  switch (node.kind) {
    case 'setting':
      return leaf(key, node, path, style);
    case 'section':
      return [...comment(node), `${key}:`, ...body(node, path, style)];
    case 'choice':
      return alternatives(key, node, path, style);
    case 'several':
      return several(key, node, path, style);
  }
}

/** None by default; what one of them may say stands below, commented out. */
function several(key: string, node: Several, path: string, style: Style): string[] {
  const value = style.values.get(path);
  const line =
    value === undefined && node.example
      ? `# ${key}: ${written(node.example)}`
      : `${key}: ${written(value ?? (node.by === 'order' ? [] : {}))}`;
  const lines = [...comment(node), line];
  if (!style.everything) return lines;
  const item = [
    node.by === 'order' ? '  -' : '  NAME:',
    ...body(node.item, `${path}.*`, style).map((line) => `  ${line}`),
  ];
  return [...lines, ...item.map((line) => `# ${line}`)];
}

function body(section: Section, path: string, style: Style): string[] {
  const lines = Object.entries(section.keys).flatMap(([key, node]) => entry(key, node, `${path}.${key}`, style));
  return lines.map((line) => `  ${line}`);
}

function leaf(key: string, setting: Setting, path: string, style: Style): string[] {
  const answered = style.values.has(path);
  const value = answered ? style.values.get(path) : (setting.example ?? setting.fallback?.());
  const line = `${key}: ${written(value)}`;
  return [...comment(setting), setting.machine === true && !answered ? `# ${line}` : line];
}

function alternatives(key: string, choice: Choice, path: string, style: Style): string[] {
  const inside = [...style.values.keys()].some((each) => each.startsWith(`${path}.`));
  const server = path === 'database.connection' && style.values.get('database.client') !== 'sqlite';
  const one = leaf(key, choice.one, path, style);
  const map = entry(key, choice.map, path, style);
  const [chosen, other] = inside || server ? [map, one] : [one, map];
  return style.everything ? [...chosen, ...other.map((line) => `# ${line}`)] : chosen;
}

function comment(node: Setting | Section | Several): string[] {
  const range = node.kind === 'setting' && node.range !== undefined ? ` [${node.range}]` : '';
  return [`# ${node.help.zh}${range}`, `# ${node.help.en}${range}`];
}

/** Plain where YAML reads it back as the same text, else in single quotes. */
function written(value: unknown): string {
  if (typeof value === 'string' && /^[\w./][\w./:-]*$/.test(value) && parse(value) === value) return value;
  if (Array.isArray(value)) return `[${value.map(written).join(', ')}]`;
  if (typeof value !== 'string') return JSON.stringify(value);
  // only double quotes can escape a control character
  return /[\u0000-\u001f]/.test(value) ? JSON.stringify(value) : `'${value.replaceAll("'", "''")}'`;
}
