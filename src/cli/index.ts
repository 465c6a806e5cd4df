import { readFileSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import { pick, systemLocale, type Locale, type Text } from '../lib/text.ts';
import { alarmCommand } from './alarm.ts';
import { auditCommand } from './audit.ts';
import type { CliCommand, CommandContext } from './command.ts';
import { billCommand } from './bill.ts';
import { demoCommand } from './demo.ts';
import { doctorCommand } from './doctor.ts';
import { explainCommand } from './explain.ts';
import { exitCodeOf, report } from './failure.ts';
import { HELP, localiseHelp } from './help.ts';
import { housekeepingCommand } from './housekeeping.ts';
import { initCommand } from './init.ts';
import { processIo, type Io } from './io.ts';
import { pauseCommand } from './pause.ts';
import { previewCommand } from './preview.ts';
import { quarantineCommand } from './quarantine.ts';
import { queriesCommand } from './queries.ts';
import { quietCommand } from './quiet.ts';
import { reloadCommand } from './reload.ts';
import { resumeCommand } from './resume.ts';
import { heldCommand, rowCommands } from './rows.ts';
import { schemaCommand } from './schema.ts';
import { secretCommand } from './secret.ts';
import { sendCommand } from './send.ts';
import { serviceCommand } from './service.ts';
import { simulatorCommand } from './simulator.ts';
import { startCommand } from './start.ts';
import { statsCommand } from './stats.ts';
import { statusCommand } from './status.ts';
import { stopCommand } from './stop.ts';
import { templateCommand } from './template.ts';
import { upgradeCommand } from './upgrade.ts';

const COMMANDS = [
  initCommand,
  schemaCommand,
  startCommand,
  stopCommand,
  reloadCommand,
  statusCommand,
  pauseCommand,
  resumeCommand,
  explainCommand,
  heldCommand,
  ...rowCommands,
  sendCommand,
  previewCommand,
  templateCommand,
  quietCommand,
  statsCommand,
  billCommand,
  housekeepingCommand,
  quarantineCommand,
  auditCommand,
  alarmCommand,
  queriesCommand,
  secretCommand,
  doctorCommand,
  serviceCommand,
  upgradeCommand,
  simulatorCommand,
  demoCommand,
] as readonly CliCommand<object>[];

/** `yxt-mw` with these arguments; resolves with the exit code and never rejects. */
export function main(argv: readonly string[]): Promise<number> {
  return run(argv, processIo(localeOf(argv, process.env)));
}

export async function run(argv: readonly string[], io: Io): Promise<number> {
  const version = ownVersion();
  let exitCode = 0;
  const program = programOf(io, version, async (command, context, args, options) => {
    exitCode = await command.run(context, args, options);
  });
  // before anything is parsed, so that a wrong command line is answered in kind
  io.json = argv.includes('--json');
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0; // help and version
    if (error instanceof CommanderError && error.code === 'commander.help') {
      io.err(program.helpInformation().trimEnd()); // no command was given
      return 2;
    }
    report(io, error, version);
    return exitCodeOf(error);
  }
}

type Execute = (
  command: CliCommand<object>,
  context: CommandContext,
  args: readonly string[],
  options: object,
) => Promise<void>;

/** The command line; `execute` is told which command, with what. */
export function programOf(io: Io, version: string, execute: Execute): Command {
  const t = (text: Text): string => pick(text, io.locale);
  const program = new Command('yxt-mw')
    .description(t(ABOUT))
    .option('--config <FILE>', t(CONFIG))
    .option('--json', t(JSON_OUT))
    .addOption(new Option('--locale <LOCALE>', t(LOCALE)).choices(['zh-CN', 'en']))
    .version(version, '-V, --version', t(VERSION))
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text.replace(/\n$/, '')),
      writeErr: () => undefined, // said by `report`
    });
  localiseHelp(program, io.locale);
  for (const command of COMMANDS) {
    const sub = program.command(command.name).description(t(command.about)).helpOption('-h, --help', t(HELP));
    command.setUp?.(sub, t);
    sub.action(async (...given: unknown[]) => {
      const globals = program.opts<{ config?: string; locale?: Locale }>();
      const context = {
        io,
        globals: { config: globals.config ?? null, localeGiven: globals.locale !== undefined },
        version,
      };
      await execute(command, context, given.slice(0, -2).filter(isText), sub.opts());
    });
  }
  return program;
}

const isText = (value: unknown): value is string => typeof value === 'string';

/** The language, before the command line is understood: `--locale`, else what the environment says. */
export function localeOf(argv: readonly string[], env: NodeJS.ProcessEnv): Locale {
  const at = argv.findIndex((each) => each === '--locale' || each.startsWith('--locale='));
  const given = at < 0 ? undefined : (argv[at]?.split('=')[1] ?? argv[at + 1]);
  return given === 'en' || given === 'zh-CN' ? given : systemLocale(env);
}

function ownVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

const ABOUT: Text = {
  zh: '把数据库发件表里的短信经联通一信通发给市民，把来信收进收件表；不丢，不重',
  en: 'Sends the messages of an SQL outbox through China Unicom 一信通 and stores what citizens write: each once, none lost',
};
const CONFIG: Text = {
  zh: '配置文件；默认 ./config.yaml，其次系统目录',
  en: 'the configuration; default: ./config.yaml, then the system’s place',
};
const JSON_OUT: Text = { zh: '输出 JSON，供程序读取', en: 'print JSON, for programs' };
const LOCALE: Text = {
  zh: '语言 zh-CN 或 en；默认随配置和系统',
  en: 'zh-CN or en; default: configuration, then system',
};
const VERSION: Text = { zh: '显示版本', en: 'show the version' };
