import { NO_DATABASE, ok, warn, type Check } from '../check.ts';

/** What the user should not be able to do; what it must be able to do is part of the schema check. */
export const privileges: Check = {
  name: { zh: '权限', en: 'privileges' },
  async run({ database, config }) {
    if (database === null) return [NO_DATABASE];
    const rights = await database.ddlRights();
    if (rights.length === 0) {
      return [
        config.database.client === 'sqlite'
          ? ok('SQLite 没有用户，由文件权限决定', 'SQLite has no users; the file’s permissions decide')
          : ok('没有多余的建表权限', 'no needless DDL rights'),
      ];
    }
    const list = rights.join(', ');
    return [
      warn(
        { zh: `数据库用户有用不着的权限：${list}`, en: `the database user has rights it does not need: ${list}` },
        {
          zh: '请换成 schema/ 里授权脚本建立的中间件用户。',
          en: 'Use the middleware user that the grants script in schema/ makes.',
        },
      ),
    ];
  },
};
