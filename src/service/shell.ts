import { spawnSync } from 'node:child_process';
import { DaemonError } from '../lib/errors.ts';

/** What a program of the system answered. */
export interface Answer {
  /** Exit code; null: it could not be run at all. */
  readonly code: number | null;
  /** Both streams, trimmed. */
  readonly said: string;
}

/** Runs programs of the system; tests listen in its place. */
export type Shell = (file: string, args: readonly string[]) => Answer;

export const systemShell: Shell = (file, args) => {
  const { status, stdout, stderr, error } = spawnSync(file, args, { windowsHide: true });
  if (error) return { code: null, said: error.message };
  return { code: status ?? 1, said: `${words(stdout)}${words(stderr)}`.trim() };
};

/** UTF-8, else what programs of a Chinese Windows write. */
function words(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('gb18030').decode(bytes);
  }
}

/** What it said. @throws DaemonError `failed` with the program’s words where it does not end well */
export function must(shell: Shell, file: string, ...args: string[]): string {
  const { code, said } = shell(file, args);
  if (code === 0) return said;
  const command = [file, ...args].join(' ');
  throw new DaemonError('failed', {
    zh: `“${command}” 没有成功：${said}`,
    en: `"${command}" failed: ${said}`,
  });
}
