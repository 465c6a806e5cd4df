import { problemText, type Problem } from '../config/problem.ts';
import type { Config } from '../config/settings.ts';
import type { Clock } from '../lib/clock.ts';
import { AppError } from '../lib/errors.ts';
import { failed, type Check, type Finding, type Patient } from './check.ts';
import { account } from './checks/account.ts';
import { charset } from './checks/charset.ts';
import { clockOffset } from './checks/clock.ts';
import { configuration } from './checks/configuration.ts';
import { database } from './checks/database.ts';
import { durability } from './checks/durability.ts';
import { policy } from './checks/policy.ts';
import { privileges } from './checks/privileges.ts';
import { queries } from './checks/queries.ts';
import { schema } from './checks/schema.ts';
import { stateDirectory } from './checks/state.ts';
import { system } from './checks/system.ts';
import { unseen } from './checks/unseen.ts';
import { tlsToPlatform } from './checks/tls.ts';

export type { Finding } from './check.ts';

/** In an order in which a later one may need what an earlier one found. */
const CHECKS: readonly Check[] = [
  system,
  configuration,
  stateDirectory,
  database,
  schema,
  unseen,
  privileges,
  durability,
  charset,
  queries,
  policy,
  tlsToPlatform,
  clockOffset,
  account,
];

export interface Examined {
  readonly file: string;
  /** null: nothing but the configuration's problems can be shown. */
  readonly config: Config | null;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** Every check, also after a failure; each finding is told as soon as it is there. Throws only what is a bug. */
export async function examine(examined: Examined, clock: Clock, tell: (finding: Finding) => void): Promise<Finding[]> {
  const findings: Finding[] = [];
  const note = (finding: Finding): void => {
    findings.push(finding);
    tell(finding);
  };
  const { file, config, problems, warnings } = examined;
  if (config === null) {
    for (const problem of problems) {
      note({ level: 'fail', check: configuration.name, text: problemText(problem), todo: null });
    }
    return findings;
  }
  const patient: Patient = {
    file,
    config,
    warnings,
    clock,
    database: null,
    schemaUsable: false,
    platformReached: false,
    platformAheadMs: null,
  };
  try {
    for (const check of CHECKS) {
      for (const found of await attempt(check, patient)) note({ ...found, check: check.name });
    }
  } finally {
    await patient.database?.close();
  }
  return findings;
}

async function attempt(check: Check, patient: Patient): Promise<ReturnType<typeof failed>[]> {
  try {
    return await check.run(patient);
  } catch (error) {
    if (error instanceof AppError) return [failed(error)];
    throw error;
  }
}
