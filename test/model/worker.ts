import './patches.ts';
import { parentPort } from 'node:worker_threads';
import { brokenBuild } from './broken.ts';
import { Ground } from './ground.ts';
import type { Job, Report } from './pool.ts';
import { scenarioNamed } from './scenarios.ts';
import { explore } from './world.ts';

/** A thread that explores what it is told to, one run after the other; null: enough. */
const ground = await Ground.make();
let current = Promise.resolve();

async function report({ id, scenario, plan, broken }: Job): Promise<Report> {
  try {
    const build = broken === null ? {} : brokenBuild(broken);
    return { id, outcome: await explore(ground, scenarioNamed(scenario), plan, build), error: null };
  } catch (error) {
    return { id, outcome: null, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

parentPort?.on('message', (job: Job | null) => {
  current = current.then(async () => {
    if (job !== null) {
      parentPort?.postMessage(await report(job));
      return;
    }
    ground.remove();
    parentPort?.close();
  });
});
