import { CommanderError } from 'commander';
import { AppError, ConfigError, DaemonError } from '../lib/errors.ts';
import { maskLine } from '../lib/mask.ts';
import type { Text } from '../lib/text.ts';
import { say, type Io } from './io.ts';

/** 0 ok · 1 failed · 2 usage or configuration · 3 not running. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof ConfigError || error instanceof CommanderError) return 2;
  return error instanceof DaemonError && error.kind === 'notrunning' ? 3 : 1;
}

/** A wrong command line. */
export const usage = (zh: string, en: string): ConfigError => new ConfigError('usage', { zh, en });

/** Says what went wrong, once, in the reader's language. A stack only for whoever asked for one. */
export function report(io: Io, error: unknown, version: string): void {
  const known = error instanceof AppError;
  const text = known ? error.text : error instanceof CommanderError ? usageText(error) : bugText(error, version);
  const code = known ? error.code : error instanceof CommanderError ? 'YXT_CONFIG_USAGE' : 'YXT_BUG';
  if (io.json) io.err(JSON.stringify({ error: { code, text: say(io, text) } }));
  else io.err(complaint(say(io, text)));
  if (io.env['YXT_DEBUG'] && error instanceof Error) io.err(maskLine(error.stack ?? ''));
}

/** As every Unix program complains; no echo where the sentence names the program itself. */
export const complaint = (sentence: string): string =>
  sentence.startsWith('yxt-mw ') ? sentence : `yxt-mw: ${sentence}`;

function bugText(error: unknown, version: string): Text {
  const what = maskLine(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  const where = `yxt-mw ${version}, Node ${process.versions.node}, ${process.platform}-${process.arch}`;
  return {
    zh: `程序内部错误：${what}。请反馈这一行、所用的命令和日志（${where}）；设 YXT_DEBUG=1 再运行可得到详情`,
    en: `internal error: ${what}. Please report this line, the command and the log (${where}); YXT_DEBUG=1 shows more`,
  };
}

/** Commander's English sentence, taken apart and said in both languages. */
export function usageText({ code, message }: CommanderError): Text {
  const named = /'([^']*)'/.exec(message)?.[1] ?? '';
  const similar = /Did you mean (?:one of )?(.*)\?\)/.exec(message)?.[1];
  const hint = similar
    ? { zh: `，是否想写 ${similar}？`, en: `, did you mean ${similar}?` }
    : { zh: '，可用的见 yxt-mw --help', en: ', see yxt-mw --help' };
  switch (code) {
    case 'commander.unknownCommand':
      return { zh: `没有命令 ${named}${hint.zh}`, en: `there is no command ${named}${hint.en}` };
    case 'commander.unknownOption':
      return { zh: `没有选项 ${named}${hint.zh}`, en: `there is no option ${named}${hint.en}` };
    case 'commander.missingArgument':
      return { zh: `缺少参数 ${named}`, en: `the argument ${named} is missing` };
    case 'commander.optionMissingArgument':
      return { zh: `选项 ${named} 后面要有值`, en: `the option ${named} wants a value` };
    case 'commander.excessArguments':
      return {
        zh: '参数太多；含空格的文字请加引号，行号写作 --id 行号',
        en: 'too many arguments; put quotes around a text with blanks, and rows go by --id ID',
      };
    case 'commander.invalidArgument': {
      const value = /(?:argument|value) '([^']*)' is invalid/.exec(message)?.[1] ?? '';
      const where = /for argument '([^']*)'/.exec(message)?.[1] ?? named;
      const allowed = /Allowed choices are (.*)\./.exec(message)?.[1];
      return {
        zh: `${where} 的值 ${value} 不对${allowed ? `，可用：${allowed}` : ''}`,
        en: `wrong value ${value} for ${where}${allowed ? `, allowed: ${allowed}` : ''}`,
      };
    }
    default:
      return { zh: message.replace(/^error: /, ''), en: message.replace(/^error: /, '') };
  }
}
