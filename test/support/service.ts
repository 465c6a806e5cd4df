import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkConfig } from '../../src/config/check.ts';
import type { Text } from '../../src/lib/text.ts';
import { planOf, type ServicePlan } from '../../src/service/plan.ts';
import type { Answer, Shell } from '../../src/service/shell.ts';
import { writeConfig } from './config-file.ts';
import { temporaryDir } from './temporary.ts';

export const SCRIPT = fileURLToPath(new URL('../../bin/yxt-mw.js', import.meta.url));

export const PLAN: ServicePlan = {
  command: [process.execPath, SCRIPT],
  config: '/etc/yxt-mw/config.yaml',
  stateDir: '/var/lib/yxt-mw',
  logDir: '/var/log/yxt-mw',
  databaseFile: null,
  reads: [],
  stopMs: 47_000,
};

/** For what is to fail before it tells anything. */
export const nothing = ({ en }: Text): never => assert.fail(en);

/** Skips with a word where the program is not there: systemd and its like are of some machines only, under CI as well. */
export function need(program: string, context: Mocha.Context): void {
  if (spawnSync(program, ['--version']).status === 0) return;
  console.warn(`    ${program} is not installed: what it would say is not tested`);
  context.skip();
}

/** Answers by the first pattern that fits the command line, else with success; keeps what was run. */
export function fakeShell(answers: readonly (readonly [RegExp, Answer])[]): { shell: Shell; ran: string[] } {
  const ran: string[] = [];
  const shell: Shell = (file, args) => {
    const line = [path.basename(file), ...args].join(' ');
    ran.push(line);
    return answers.find(([pattern]) => pattern.test(line))?.[1] ?? { code: 0, said: '' };
  };
  return { shell, ran };
}

/** A folder with a configuration in it, new for each test of the suite. */
export interface Site {
  readonly dir: string;
  readonly file: string;
  /** Writes the configuration; the plan that follows from it. */
  planFor(values: Record<string, unknown>): ServicePlan;
}

export function freshSite(): Site {
  let dir = '';
  beforeEach(() => void (dir = temporaryDir()));
  return {
    get dir() {
      return dir;
    },
    get file() {
      return path.join(dir, 'config.yaml');
    },
    planFor(values) {
      const all = { 'database.connection': './data/yxt.db', ...values };
      writeConfig(dir, all);
      const { config, problems } = checkConfig(this.file, {}, []);
      assert.ok(config, JSON.stringify(problems));
      return planOf(config, this.file, { command: PLAN.command });
    },
  };
}
