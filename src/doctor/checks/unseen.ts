import { plural } from '../../lib/text.ts';
import { NO_DATABASE, ok, skip, warn, type Check } from '../check.ts';

/** Nobody wants to know it more exactly. */
const COUNTED = 10_000;

/** Rows that would wait for ever, since no claim sees them: the database did not refuse what a CHECK should have refused. */
export const unseen: Check = {
  name: { zh: '发件表', en: 'outbox' },
  async run({ database, schemaUsable }) {
    if (database === null) return [NO_DATABASE];
    if (!schemaUsable) return [skip('表用不了，没有检查', 'the tables cannot be used, so it was not looked at')];
    const rows = await database.unseen(COUNTED);
    if (rows === 0) return [ok('每一行的 status 和 priority 都有效', 'every row has a valid status and priority')];
    return [
      warn(
        {
          zh: `有 ${rows} 行永远不会发送：status 不在列表中，或 priority 不在 0–9`,
          en: `${plural(rows, 'row')} will never be sent: status is none of the list, or priority is outside 0–9`,
        },
        {
          zh: '本数据库没有执行 CHECK。请改正这些行（例如 status 置为 NEW，priority 置为 5）和写入它们的程序。',
          en: 'This database does not enforce CHECK. Correct the rows (status to NEW, say, or priority to 5) and the program that writes them.',
        },
      ),
    ];
  },
};
