import { Argument } from 'commander';
import { findConfig } from '../config/find.ts';
import { loadFile } from '../config/load.ts';
import { removeSecret, SECRET_NAME, secretNames, writeSecret, type SecretPlace } from '../config/secrets.ts';
import type { CliCommand } from './command.ts';
import { usage } from './failure.ts';
import { print, say, type Io } from './io.ts';
import { askHidden } from './hidden.ts';

const MOST = 4096;

export const secretCommand: CliCommand = {
  name: 'secret',
  about: {
    zh: '口令等密文：存入（从标准输入读，不回显）、列出名称、删除；配置中写 ${secret:名称}',
    en: 'passwords and the like, encrypted: set (read from standard input, not echoed), list, remove; the configuration says ${secret:NAME}',
  },
  setUp(command, t) {
    const action = t({ zh: 'set 存入；list 列出；remove 删除', en: 'set, list or remove' });
    command.addArgument(new Argument('<ACTION>', action).choices(['set', 'list', 'remove']));
    command.addArgument(new Argument('[NAME]', t({ zh: '名称', en: 'its name' })));
  },
  async run({ io, globals }, [action, name]) {
    const configFile = findConfig(globals.config);
    loadFile(configFile, io.env); // a wrong path is told before anybody types a password
    const place: SecretPlace = { configFile, env: io.env };
    if (action === 'list') {
      const names = secretNames(place);
      print(io, { names }, () =>
        names.length === 0 ? [say(io, { zh: '还没有密文', en: 'there is none yet' })] : names,
      );
      return 0;
    }
    if (name === undefined || !SECRET_NAME.test(name)) {
      throw usage(
        `${action ?? ''} 后面要有名称：字母开头，字母、数字、点、横线和下划线，最多 64 个字符`,
        `${action ?? ''} wants a name: a letter first, then letters, digits, dots, hyphens and underscores, 64 characters at most`,
      );
    }
    return action === 'set' ? set(io, place, name) : remove(io, place, name);
  },
};

async function set(io: Io, place: SecretPlace, name: string): Promise<number> {
  const value = (
    io.terminal ? await askHidden(io, say(io, { zh: `${name} 的值：`, en: `value of ${name}: ` })) : await all(io)
  ).replace(/\r?\n$/, '');
  if (value === '' || value.length > MOST)
    throw usage(`值应为 1 到 ${MOST} 个字符`, `the value should have 1 to ${MOST} characters`);
  const key = writeSecret(place, name, value);
  print(io, { name, key }, () => [
    say(io, { zh: `已存入，配置中写 "\${secret:${name}}"`, en: `kept; the configuration says "\${secret:${name}}"` }),
    ...(key === null
      ? []
      : [
          say(io, {
            zh: `已生成密钥 ${key}：只应由运行本程序的用户读取；请另行备份，不要和配置放在一起`,
            en: `the key ${key} was made: only the user that runs this program should read it; back it up apart from the configuration`,
          }),
        ]),
  ]);
  return 0;
}

function remove(io: Io, place: SecretPlace, name: string): number {
  const removed = removeSecret(place, name);
  print(io, { name, removed }, () => [
    removed
      ? say(io, { zh: `已删除 ${name}`, en: `${name} is removed` })
      : say(io, { zh: `没有 ${name}`, en: `there is no ${name}` }),
  ]);
  return removed ? 0 : 1;
}

async function all({ stdin }: Io): Promise<string> {
  let text = '';
  for await (const chunk of stdin) text += String(chunk);
  return text;
}
