import { Help, type Argument, type Command } from 'commander';
import { pick, type Locale, type Text } from '../lib/text.ts';
import { displayWidth, wrapped } from './width.ts';

const TITLES: Readonly<Record<string, string>> = {
  'Usage:': '用法：',
  'Arguments:': '参数：',
  'Options:': '选项：',
  'Global Options:': '全局选项：',
  'Commands:': '命令：',
};

export const HELP: Text = { zh: '显示帮助', en: 'show this help' };

const EXIT_CODES: Text = {
  zh: '退出码：0 成功，1 失败，2 用法或配置错误，3 没有在运行。每个命令的用法：yxt-mw 命令 --help',
  en: 'Exit codes: 0 ok, 1 failed, 2 usage or configuration, 3 not running. About one command: yxt-mw COMMAND --help',
};

/** Commander's own words in the reader's language too. Before its sub-commands are made: they inherit it. */
export function localiseHelp(program: Command, locale: Locale): void {
  const zh = locale !== 'en';
  program
    .helpOption('-h, --help', pick(HELP, locale))
    .helpCommand(false)
    .addHelpText('after', `\n${pick(EXIT_CODES, locale)}`)
    .configureHelp({
      displayWidth,
      boxWrap: (text, width) => wrapped(text, width).join('\n'),
      // a full-width colon brings its own blank
      formatHelp: (command, helper) => Help.prototype.formatHelp.call(helper, command, helper).replace('： ', '：'),
      showGlobalOptions: true,
      subcommandTerm: (command) => [command.name(), ...command.registeredArguments.map(argumentName)].join(' '),
      // choices and defaults stand in the sentence
      optionDescription: (option) => option.description,
      argumentDescription: (argument) => argument.description,
      styleTitle: (title) => (zh ? (TITLES[title] ?? title) : title),
      styleUsage: (usage) =>
        zh
          ? usage.replace('[options]', '[选项]').replace('[command]', '<命令>')
          : usage.replace('[command]', '<command>'),
    });
}

function argumentName(argument: Argument): string {
  return argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;
}
