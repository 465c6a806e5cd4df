import assert from 'node:assert/strict';
import { chaos } from '../chaos/run.ts';
import { DIALECTS, needDatabase } from '../support/databases.ts';
import { sideBySide } from '../support/lanes.ts';
import { seeded } from '../support/seed.ts';

/** Long enough for most kinds of fault to come up; `npm run chaos` goes on for as long as one likes. */
const SECONDS = 12;

sideBySide('chaos', (lane) => {
  for (const client of DIALECTS) {
    const options = {
      needs: (context: Mocha.Context) => needDatabase(client, context),
      open: () => Promise.resolve({ close: () => Promise.resolve() }),
    };
    lane(`for a while, on ${client}`, options, (test) => {
      test('nothing lost, doubled, stuck or unexplained', async () => {
        const said: string[] = [];
        const say = (line: string): void => void said.push(line);
        const run = chaos({ client, daemons: 2, seconds: SECONDS, random: seeded(`chaos ${client}`), say });
        const { books } = await run.catch((error: unknown) => {
          throw new Error(`${String(error)}\n${said.join('\n')}`, { cause: error });
        });
        assert.ok(books.accepted > 0);
      });
    });
  }
});
