import { fail, NO_DATABASE, ok, type Check, type Found } from '../check.ts';

/** GBK, a character beyond the first 65,536, and a full-width sign: what the chain usually breaks on. */
const SAMPLE = '测试𠮷？';

/** From this process through driver and connection to the server and back, and the columns that have to hold it. */
export const charset: Check = {
  name: { zh: '字符集', en: 'charset' },
  async run({ database }) {
    if (database === null) return [NO_DATABASE];
    const echoed = await database.echo(SAMPLE);
    const findings: Found[] = [];
    if (echoed !== SAMPLE) {
      findings.push(
        fail(
          { zh: `写入 ${SAMPLE}，读回 ${echoed}`, en: `wrote ${SAMPLE}, read back ${echoed}` },
          {
            zh: '连接或数据库的字符集装不下汉字：MySQL 用 utf8mb4，PostgreSQL 用 UTF8，SQL Server 用 NVARCHAR，Oracle 用 NVARCHAR2；不要在 connection.options 里改字符集。',
            en: 'Connection or database cannot carry Chinese: utf8mb4 for MySQL, UTF8 for PostgreSQL, NVARCHAR for SQL Server, NVARCHAR2 for Oracle; do not change the charset in connection.options.',
          },
        ),
      );
    }
    for (const column of await database.narrowColumns()) {
      findings.push(
        fail(
          { zh: `列的字符集装不下全部汉字：${column}`, en: `a column cannot hold every character: ${column}` },
          {
            zh: '请把它改为 utf8mb4（PostgreSQL：UTF8 的库；SQL Server：NVARCHAR；Oracle：NVARCHAR2）。',
            en: 'Convert it to utf8mb4 (PostgreSQL: a database in UTF8; SQL Server: NVARCHAR; Oracle: NVARCHAR2).',
          },
        ),
      );
    }
    return findings.length > 0 ? findings : [ok(`${SAMPLE} 写入后原样读回`, `${SAMPLE} came back as it was written`)];
  },
};
