import { Readable } from 'node:stream';
import { run } from '../../src/cli/index.ts';
import type { Locale } from '../../src/lib/text.ts';

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The command line in this process, in English unless it says otherwise. */
export async function yxt(
  argv: readonly string[],
  given: { readonly stdin?: string; readonly env?: NodeJS.ProcessEnv; readonly locale?: Locale } = {},
): Promise<Said> {
  const [out, err]: [string[], string[]] = [[], []];
  const { stdin = '', env = { YXT_PASSWORD: 'demo-password' }, locale = 'en' } = given;
  const code = await run([...argv, '--locale', locale], {
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    stdin: Readable.from([stdin]),
    terminal: false,
    env,
    json: false,
    locale,
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}
