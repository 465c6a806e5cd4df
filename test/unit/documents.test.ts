import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { programOf } from '../../src/cli/index.ts';
import { processIo } from '../../src/cli/io.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FILES = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

const program = programOf(processIo('en'), '0.0.0', () => Promise.resolve());
const GLOBAL = new Set(program.options.flatMap(({ short, long }) => [short, long]));
const COMMANDS = new Map(
  program.commands.map((command) => [
    command.name(),
    new Set([...command.options.flatMap(({ short, long }) => [short, long]), '-h', '--help']),
  ]),
);

/** What stands in code: spans, and lines of fenced blocks; of a session only what was typed. */
function codeOf(markdown: string): string[] {
  const lines = [...markdown.matchAll(/^\s*```(\w*)[^\n]*\n([^]*?)^\s*```/gm)].flatMap(([, language, block = '']) =>
    block.split('\n').filter((line) => language !== 'text' && (language !== 'console' || line.startsWith('$ '))),
  );
  const prose = markdown.replaceAll(/^\s*```[^]*?^\s*```/gm, '');
  return [...lines, ...[...prose.matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span)];
}

/** The command lines of `yxt-mw` in a piece of code, as words. */
const linesOf = (code: string): string[][] =>
  [...code.matchAll(/\byxt-mw ([^|;&#<>]*)/g)].map(([, rest = '']) => rest.trim().split(/\s+/));

/** What is wrong with a command line; null: nothing, or it is none. */
function faultOf(words: readonly string[]): string | null {
  const rest = [...words];
  while (rest[0]?.startsWith('-')) {
    const option = rest.shift() ?? '';
    if (!GLOBAL.has(option) && option !== '--help') return `there is no option ${option}`;
    if (option === '--config' || option === '--locale') rest.shift();
  }
  const [name = '', ...more] = rest;
  if (!/^[a-z]+$/.test(name)) return null;
  const options = COMMANDS.get(name);
  if (!options) return `there is no command ${name}`;
  const wrong = more
    .map((word) => /^-{1,2}[a-z-]+/.exec(word.replace(/^\[/, ''))?.[0])
    .find((option) => option !== undefined && !options.has(option) && !GLOBAL.has(option));
  return wrong === undefined ? null : `${name} has no option ${wrong}`;
}

describe('the documents', () => {
  for (const file of FILES) {
    const markdown = readFileSync(join(ROOT, file), 'utf8');

    it(`${file}: every relative link leads somewhere`, () => {
      const targets = [...markdown.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
      const relative = targets
        .filter((target) => !/^([a-z]+:|#)/.test(target))
        .map((target) => target.replace(/#.*/, ''));
      assert.deepEqual(
        relative.filter((target) => !existsSync(join(ROOT, dirname(file), target))),
        [],
      );
    });

    it(`${file}: every command and option exists`, () => {
      const faults = codeOf(markdown)
        .flatMap(linesOf)
        .flatMap((words) => faultOf(words) ?? []);
      assert.deepEqual(faults, []);
    });
  }

  it('come in both languages, but for what is for developers', () => {
    const english = FILES.filter((name) => !name.endsWith('.zh-CN.md'));
    const developers = new Set([
      ...['CHANGELOG.md', 'CONTRIBUTING.md'],
      ...['architecture', 'guarantees', 'results', 'sql-review'].map((name) => join('docs', `${name}.md`)),
    ]);
    const alone = english.filter(
      (name) => !developers.has(name) && !FILES.includes(name.replace(/\.md$/, '.zh-CN.md')),
    );
    assert.deepEqual(alone, []);
  });
});
