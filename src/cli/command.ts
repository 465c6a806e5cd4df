import type { Command } from 'commander';
import { findConfig } from '../config/find.ts';
import { loadConfig, type Needs } from '../config/check.ts';
import type { Problem } from '../config/problem.ts';
import type { Config } from '../config/settings.ts';
import type { Text } from '../lib/text.ts';
import type { Io } from './io.ts';

/** What the global options say. */
export interface Globals {
  /** `--config`. */
  readonly config: string | null;
  /** True when `--locale` was given: the configuration does not change the language then. */
  readonly localeGiven: boolean;
}

export interface CommandContext {
  readonly io: Io;
  readonly globals: Globals;
  /** Of this program. */
  readonly version: string;
}

/** One command: its file parses, calls and prints. */
export interface CliCommand<Options = Record<string, never>> {
  readonly name: string;
  readonly about: Text;
  /** Describes arguments and adds options. */
  readonly setUp?: (command: Command, t: (text: Text) => string) => void;
  /** Resolves with the exit code; throws AppError. */
  readonly run: (context: CommandContext, args: readonly string[], options: Options) => Promise<number>;
}

export interface Loaded {
  readonly file: string;
  readonly config: Config;
  readonly warnings: readonly Problem[];
}

/**
 * The configuration that `--config` or the default places name; from here on its language counts. Of the secrets only those of the
 * sections that the command `needs` have to be there: whoever stops the daemon need not know its passwords. @throws ConfigError
 */
export function loadFor({ io, globals }: CommandContext, needs: Needs): Loaded {
  const file = findConfig(globals.config);
  const warnings: Problem[] = [];
  const config = loadConfig(file, { env: io.env, needs, warn: (warning) => warnings.push(warning) });
  if (!globals.localeGiven) io.locale = config.locale;
  return { file, config, warnings };
}
