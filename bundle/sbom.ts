import { BROWSER_ONLY } from './modules.ts';
import { npm } from './runtime.ts';

/** CycloneDX, as far as it is touched here. */
export interface Sbom {
  readonly metadata: { readonly component: object };
  readonly components: readonly { readonly name: string; readonly 'bom-ref': string }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

/** What is in a bundle: the production modules as npm knows them, without what is left out, and Node. @throws Error */
export function sbomOf(root: string, name: string): (node: string) => Sbom {
  const { status, stdout, stderr } = npm(
    ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev', '--omit', 'optional'],
    root,
  );
  if (status !== 0) throw new Error(`npm sbom: ${stderr.trim()}`);
  const { metadata, components, dependencies, ...rest } = JSON.parse(stdout) as Sbom;
  const left = new Set(components.filter((each) => BROWSER_ONLY.includes(each.name)).map((each) => each['bom-ref']));
  return (node) => ({
    ...rest,
    // npm takes the name of the folder
    metadata: { ...metadata, component: { ...metadata.component, name } },
    components: [...components.filter((each) => !left.has(each['bom-ref'])), nodeComponent(node)],
    dependencies: dependencies
      .filter(({ ref }) => !left.has(ref))
      .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((each) => !left.has(each)) })),
  });
}

const nodeComponent = (version: string): Sbom['components'][number] & Record<string, unknown> => ({
  'bom-ref': `node@${version}`,
  type: 'platform',
  name: 'node',
  version,
  purl: `pkg:generic/node@${version}`,
  licenses: [{ license: { id: 'MIT' } }],
});
