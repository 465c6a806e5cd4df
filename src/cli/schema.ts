import { Argument } from 'commander';
import { applySchema, checkSchema, printSchema } from '../db/schema.ts';
import { needFile } from './database.ts';
import { loadFor, type CliCommand, type CommandContext } from './command.ts';
import { print, say } from './io.ts';

export const schemaCommand: CliCommand = {
  name: 'schema',
  about: {
    zh: '建表脚本：print 打印，apply 补建，check 核对表和权限',
    en: 'the DDL: print it, apply what is missing, or check tables and privileges',
  },
  setUp(command, t) {
    const about = t({
      zh: 'print 只打印；apply 需要有建表权限的用户，可重复执行；check 用守护进程自己的用户',
      en: 'print only prints; apply wants a user with DDL and may be repeated; check wants the daemon’s own user',
    });
    command.addArgument(new Argument('<ACTION>', about).choices(['print', 'apply', 'check']));
  },
  run(context, [action]) {
    if (action === 'apply') return apply(context);
    if (action === 'check') return check(context);
    return Promise.resolve(show(context));
  },
};

function show(context: CommandContext): number {
  const ddl = printSchema(loadFor(context, []).config.database);
  print(context.io, { ddl }, () => [ddl.trimEnd()]);
  return 0;
}

async function apply(context: CommandContext): Promise<number> {
  const { done } = await applySchema(loadFor(context, ['database']).config.database);
  print(context.io, { done }, () => done.map((text) => say(context.io, text)));
  return 0;
}

async function check(context: CommandContext): Promise<number> {
  const { config } = loadFor(context, ['database']);
  needFile(config);
  const findings = await checkSchema(config.database);
  const { io } = context;
  print(io, { findings }, () =>
    findings.length === 0
      ? [say(io, { zh: '表、索引和权限都符合要求', en: 'tables, indexes and privileges are as needed' })]
      : findings.map(({ severity, text }) => {
          const mark = severity === 'error' ? { zh: '错误', en: 'error' } : { zh: '注意', en: 'warning' };
          return `${say(io, mark)}  ${say(io, text)}`;
        }),
  );
  return findings.some(({ severity }) => severity === 'error') ? 1 : 0;
}
