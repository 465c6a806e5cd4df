import type { Text } from '../lib/text.ts';
import { LinuxService } from './linux.ts';
import type { ServicePlan } from './plan.ts';
import { systemShell } from './shell.ts';
import { WindowsService } from './windows.ts';

/** How the service is, as the service manager sees it. */
export interface ServiceState {
  readonly installed: boolean;
  readonly running: boolean;
  /** In the service manager’s words: `active (running)`. */
  readonly words: string;
  /** Starts with the machine. */
  readonly enabled: boolean;
  /** null: not known. */
  readonly pid: number | null;
  /** Starts after a failure; null: not known. */
  readonly restarts: number | null;
}

export interface ServiceManager {
  /** Makes or renews the service, enables and (re)starts it. @throws DaemonError */
  install(plan: ServicePlan, tell: (text: Text) => void): void;
  /** Stops and removes the service; nothing else. @throws DaemonError */
  uninstall(tell: (text: Text) => void): void;
  /** @throws DaemonError: there is no service manager to ask */
  state(): ServiceState;
  /** Why the service’s account cannot run this program on this configuration; null: it can, or it is not known. @throws DaemonError */
  cannotRun(command: ServicePlan['command'], config: string): string | null;
  /** The last words of the service, for one that does not come up; empty: none. */
  lastWords(): string;
}

/** That of this machine. `root`: units are only written below this folder and enabled there (Linux). */
export function serviceManager(root: string | null): ServiceManager {
  return process.platform === 'win32' ? new WindowsService(systemShell) : new LinuxService(systemShell, root);
}
