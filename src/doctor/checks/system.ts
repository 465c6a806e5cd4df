import { release } from 'node:os';
import { fail, ok, type Check, type Found } from '../check.ts';

/** What the Node that comes with a bundle was built for. */
const LEAST_GLIBC = [2, 28];
/** The build number of Windows Server 2016. */
const LEAST_WINDOWS = [10, 0, 14393];

/** Where it starts at all it mostly works, but what is older is not what was tried. */
export const system: Check = {
  name: { zh: '系统', en: 'system' },
  run: () => Promise.resolve([judge(process.platform, ownVersion())]),
};

/** `version`: of the C library on Linux, of Windows there; null: not known, as with another C library. */
export function judge(platform: NodeJS.Platform, version: string | null): Found {
  const node = `Node ${process.versions.node}, ${platform}-${process.arch}`;
  if (platform === 'linux') {
    if (version !== null && atLeast(version, LEAST_GLIBC))
      return ok(`${node}，glibc ${version}`, `${node}, glibc ${version}`);
    const found =
      version === null ? { zh: '不是 glibc', en: 'not glibc' } : { zh: `glibc ${version}`, en: `glibc ${version}` };
    return fail(
      {
        zh: `系统的 C 库太旧或不合：${found.zh}，需要 glibc 2.28`,
        en: `the C library is too old or another one: ${found.en}, glibc 2.28 is needed`,
      },
      ANOTHER_MACHINE,
    );
  }
  if (platform === 'win32' && version !== null && !atLeast(version, LEAST_WINDOWS)) {
    return fail(
      {
        zh: `Windows ${version} 太旧，需要 Windows Server 2016（10.0.14393）`,
        en: `Windows ${version} is too old, Windows Server 2016 (10.0.14393) is needed`,
      },
      ANOTHER_MACHINE,
    );
  }
  return ok(node, node);
}

function ownVersion(): string | null {
  if (process.platform === 'win32') return release();
  // the report would else look up the names of all peers; the option is newer than its type
  const report = Object.assign(process.report, { excludeNetwork: true });
  const { header } = report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime ?? null;
}

function atLeast(version: string, least: readonly number[]): boolean {
  const parts = version.split('.').map(Number);
  for (const [at, wanted] of least.entries()) {
    const part = parts[at] ?? 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}

const ANOTHER_MACHINE = {
  zh: '请装在另一台较新的机器上：数据库可以在旧机器上，经网络连接即可。',
  en: 'Run it on another, newer machine: the database may stay on the old one and is reached over the network.',
};
