import assert from 'node:assert/strict';
import { judge } from '../../src/doctor/checks/system.ts';

describe('doctor on the system', () => {
  for (const [platform, version, level] of [
    ['linux', '2.28', 'ok'],
    ['linux', '2.36', 'ok'],
    ['linux', '3.0', 'ok'],
    ['linux', '2.17', 'fail'],
    ['linux', null, 'fail'],
    ['win32', '10.0.14393', 'ok'],
    ['win32', '10.0.26100', 'ok'],
    ['win32', '6.3.9600', 'fail'],
    ['darwin', null, 'ok'],
  ] as const) {
    it(`${platform} ${version ?? 'without a known version'}: ${level}`, () => {
      const found = judge(platform, version);
      assert.equal(found.level, level);
      assert.equal(found.todo !== null, level === 'fail');
    });
  }
});
