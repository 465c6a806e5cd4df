// `npm run fuzz`: 100,000 hostile messages (or as many as said) through storing and answering. YXT_SEED=… repeats a run.
import { SEED } from '../support/seed.ts';
import { fuzz } from './run.ts';

const messages = Number(process.argv[2] ?? 100_000);
const started = performance.now();
process.stderr.write(`seed ${SEED}\n`);
const found = await fuzz(messages, (done) => {
  if (done % 10_000 === 0) process.stderr.write(`${done}\n`);
});
const seconds = Math.round((performance.now() - started) / 1000);
process.stdout.write(`${JSON.stringify({ ...found, seed: SEED, seconds }, null, 2)}\n`);
