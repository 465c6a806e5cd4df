import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** `package-lock.json`, as far as it is needed. */
export interface Lock {
  readonly packages: Readonly<Record<string, LockEntry>>;
}

interface LockEntry {
  readonly version: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
}

/** `linux-x64`, `linux-arm64`, `win-x64`: a bundle, and the package `node-…` with its Node. */
export type Target = 'linux-x64' | 'linux-arm64' | 'win-x64';

export const lockIn = (root: string): Lock => JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock;

/** Required by builds for browsers only. */
export const BROWSER_ONLY = ['@azure/msal-browser'];

/** Folders of what runs in production: `node_modules/pg`. */
export function productionModules({ packages }: Lock): string[] {
  return Object.entries(packages)
    .filter(([path, { dev, optional, devOptional }]) => path !== '' && !dev && !optional && !devOptional)
    .map(([path]) => path)
    .filter((path) => !BROWSER_ONLY.some((name) => `${path}/`.startsWith(`node_modules/${name}/`)));
}

/** What no program reads when it runs: types, sources of types, maps, documents, tests, builds for browsers. Licences stay. */
const UNUSED = [
  /\.(?:map|ts|mts|cts|flow)$/,
  /^(?!.*\/?(?:licen[cs]e|notice|copying)[^/]*$).*\.(?:md|markdown|html)$/i,
  /^(?:test|tests|__tests__|doc|docs|example|examples|benchmark|benchmarks|\.github)\//,
  /^dist\/(?:browser|react-native|workerd)\//,
];
/** The driver's library for Instant Client comes for every system. */
const ORACLE = /^build\/Release\/oracledb-[\d.]+-((?:linux|darwin|win32)-\w+)\.node/;

/** True when `file`, a path inside the package `module`, belongs into the bundle for `target`. */
export function isNeeded(module: string, file: string, target: Target): boolean {
  if (module === 'node_modules/oracledb') {
    const platform = ORACLE.exec(file)?.[1];
    if (platform !== undefined) return platform === target.replace(/^win-/, 'win32-');
  }
  return !UNUSED.some((pattern) => pattern.test(file));
}

/** Copies the production modules of `root` below `stage`. @throws Error when one is not installed */
export function copyModules(root: string, stage: string, target: Target): void {
  for (const module of productionModules(lockIn(root))) {
    const from = join(root, module);
    if (!existsSync(from)) throw new Error(`${module} is not installed: run "npm ci" first`);
    cpSync(from, join(stage, module), {
      recursive: true,
      filter: (source) => {
        const file = relative(from, source).replaceAll('\\', '/');
        // what lies below is in the lock file by itself; a folder is asked about with its slash as well
        if (file === 'node_modules' || file.startsWith('node_modules/')) return false;
        return file === '' || (isNeeded(module, file, target) && isNeeded(module, `${file}/`, target));
      },
    });
  }
}
