import { randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { Meta } from './meta.ts';

/** One start of the daemon, as `enrol` and the leases know it. */
export interface Start {
  /** Random, new at every start. */
  readonly boot: string;
  /** The start before this one, if any. */
  readonly previousBoot: string | null;
  /**
   * True: the previous start of this state directory was on this same running operating system, so that its process is surely dead
   * now that we hold the lock. False when that cannot be known (other machine, reboot, copied directory, not Linux).
   */
  readonly previousHere: boolean;
}

/** Lower-case letters and digits; 36 does not divide 256, but identities need to differ, not to be uniform. */
export function randomName(length: number): string {
  return Array.from(randomBytes(length), (byte) => (byte % 36).toString(36)).join('');
}

/** The state directory's own name, made once. `instance` in the configuration is only a label (contract §3.2). */
export function identityOf(meta: Meta): string {
  const known = meta.get('identity');
  if (known !== null) return known;
  const identity = randomName(16);
  meta.set('identity', identity);
  return identity;
}

/** An id of the running operating-system instance, new after each reboot; null where the system has none to offer. */
export function machineBoot(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() || null;
  } catch {
    return null;
  }
}

/** Notes this start and says what is known of the one before. Only the holder of the lock may call it. */
export function noteStart(meta: Meta, stateFile: string, machine: string | null = machineBoot()): Start {
  const previous = JSON.parse(meta.get('start') ?? 'null') as {
    boot: string;
    machine: string | null;
    file: string;
  } | null;
  const boot = randomName(10);
  // a copied directory has the same content but another inode: the process that uses the original may be alive
  const { dev, ino } = statSync(stateFile, { bigint: true });
  const file = `${dev}:${ino}`;
  meta.set('start', JSON.stringify({ boot, machine, file, pid: process.pid }));
  return {
    boot,
    previousBoot: previous?.boot ?? null,
    previousHere: previous !== null && machine !== null && previous.machine === machine && previous.file === file,
  };
}
