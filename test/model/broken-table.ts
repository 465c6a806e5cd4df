// `npm run test:model:table`: broken build → invariant → test, as Markdown for the documents.
import { BROKEN } from './broken.ts';
import { INVARIANTS } from './oracle.ts';
import { actionText } from './plan.ts';

const line = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

const rows = BROKEN.map(({ name, caughtBy, scenario, first, action, orders }) => {
  const events = [
    first && `${actionText(first[1])} at "${first[0]}"`,
    action && `${actionText(action)} at every point`,
    orders !== undefined && `${orders} orders`,
  ].filter((event) => typeof event === 'string');
  return [
    name,
    INVARIANTS[caughtBy],
    `\`model/broken\`: "${scenario}", ${events.join(', then ') || 'nothing happens'}`,
  ];
});
process.stdout.write(
  `${[['broken build', 'found by', 'test'], ['---', '---', '---'], ...rows].map(line).join('\n')}\n`,
);
