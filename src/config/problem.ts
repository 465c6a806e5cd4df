import { ConfigError } from '../lib/errors.ts';
import type { Text } from '../lib/text.ts';

/** One thing wrong (or, as a warning, unwise) in the configuration. Never holds a secret's value. */
export interface Problem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** `outbox.pollEvery`; empty for the file as a whole. */
  readonly path: string;
  readonly message: Text;
  /** What was expected, and the nearest known key or word. */
  readonly hint?: Text;
}

/** `config.yaml:12:3: outbox.pollEvery: …` */
export function problemText(problem: Problem): Text {
  const where = `${problem.file}:${problem.line}:${problem.column}: ${problem.path === '' ? '' : `${problem.path}: `}`;
  return {
    zh: `${where}${problem.message.zh}${problem.hint ? `；${problem.hint.zh}` : ''}`,
    en: `${where}${problem.message.en}${problem.hint ? `; ${problem.hint.en}` : ''}`,
  };
}

/** All problems in one error, in the order of the file. */
export function configError(file: string, problems: readonly Problem[]): ConfigError {
  const lines = [...problems].sort((a, b) => a.line - b.line || a.column - b.column).map(problemText);
  const count = lines.length;
  return new ConfigError(
    'config',
    {
      zh: [`配置文件 ${file} 有 ${count} 处问题：`, ...lines.map((each) => `  ${each.zh}`)].join('\n'),
      en: [`${file}: ${count} ${count === 1 ? 'problem' : 'problems'}:`, ...lines.map((each) => `  ${each.en}`)].join(
        '\n',
      ),
    },
    { facts: { problems: count } },
  );
}
