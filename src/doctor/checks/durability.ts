import { NO_DATABASE, ok, warn, type Check } from '../check.ts';

/** The promise "never twice" rests on a database that keeps what it has committed. */
export const durability: Check = {
  name: { zh: '落盘设置', en: 'durability' },
  async run({ database }) {
    if (database === null) return [NO_DATABASE];
    const facts = await database.health();
    const bad = facts.filter(({ concern }) => concern !== null);
    if (bad.length === 0) {
      const list = facts.map(({ key, value }) => `${key}=${value}`).join(' ');
      return [ok(list, list)];
    }
    return bad.map(({ key, value, concern }) => warn({ zh: `${key}=${value}`, en: `${key}=${value}` }, concern));
  },
};
