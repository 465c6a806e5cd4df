import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DaemonError } from '../lib/errors.ts';
import { sleep } from '../lib/sleep.ts';
import { pick, type Locale, type Text } from '../lib/text.ts';
import { Bureau, CARD, CITIZEN, OTHER_CITIZEN, OTHER_QUESTION, RULED } from './bureau.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import { hasEnded, setStage, type Stage } from './stage.ts';
import * as words from './words.ts';

const DEADLINE_MS = 40_000;
const LOOK_EVERY_MS = 200;

export interface DemoOptions {
  /** Leave everything running until `stop`. */
  readonly keep: boolean;
  /** One JSON object at the end instead of the story. */
  readonly json: boolean;
  readonly locale: Locale;
  readonly out: (line: string) => void;
  readonly stop: AbortSignal;
}

/** Plays the whole story; true when everything added up and the daemon stopped in good order. @throws DaemonError when it dies */
export async function runDemo(options: DemoOptions): Promise<boolean> {
  const tell = (text: Text): void => {
    if (!options.json) options.out(pick(text, options.locale));
  };
  tell(words.opening);
  const stage = await setStage(options.locale);
  let exitCode: number | null = null;
  let outcome: Outcome;
  try {
    tell(words.stageIsSet(stage));
    outcome = await play(stage, tell, options.stop);
    if (!options.json) for (const line of words.closing(outcome, options.locale)) options.out(line);
    if (options.keep && !options.stop.aborted) {
      tell(words.kept(stage));
      await keepOn(stage, options.stop);
    }
  } finally {
    exitCode = await stage.close();
  }
  if (options.json) options.out(JSON.stringify(outcome));
  tell(words.stopped(exitCode));
  if (!options.keep) tell(words.lookFurther);
  return outcome.ok && exitCode === 0;
}

/** Steps of the story before anything has come of it. */
const TOLD = 3;

async function play(stage: Stage, tell: (text: Text) => void, stop: AbortSignal): Promise<Outcome> {
  const startedAt = performance.now();
  const bureau = new Bureau(stage.databaseFile);
  try {
    bureau.layDownRules();
    bureau.insertNotices();
    bureau.insertFaulty();
    tell(words.inserted);
    stage.simulator.citizenWrites(CITIZEN, `SBYE#${CARD}`);
    stage.simulator.citizenWrites(OTHER_CITIZEN, OTHER_QUESTION);
    tell(words.citizensWrote);
    let [answered, byRule, refused] = [false, false, false];
    const next = (): words.Moment => ({
      step: TOLD + 1 + [answered, byRule, refused].filter(Boolean).length,
      seconds: Math.round((performance.now() - startedAt) / 100) / 10,
    });
    while (!stop.aborted && performance.now() - startedAt < DEADLINE_MS) {
      alive(stage);
      const byPolicy = refused ? [] : bureau.refusedByRules();
      if (byPolicy.length === RULED.length) {
        tell(words.refusedByPolicy(next(), byPolicy));
        refused = true;
      }
      if (!byRule && bureau.ruleAnswered()) {
        tell(words.answeredByRule(next()));
        byRule = true;
      }
      if (bureau.answerLetters() > 0) {
        tell(words.answered(next()));
        answered = true;
      }
      if (answered && byRule && refused && bureau.open() === 0) return outcomeOf(bureau, stage.simulator, startedAt);
      await sleep(LOOK_EVERY_MS, stop);
    }
    if (!stop.aborted) tell(words.timeUp(DEADLINE_MS / 1000));
    return { ...outcomeOf(bureau, stage.simulator, startedAt), ok: false };
  } finally {
    bureau.close();
  }
}

/** The legacy system goes on answering, so that a visitor of the page may write as a citizen. */
async function keepOn(stage: Stage, stop: AbortSignal): Promise<void> {
  const bureau = new Bureau(stage.databaseFile);
  try {
    while (!stop.aborted) {
      alive(stage);
      bureau.answerLetters();
      await sleep(LOOK_EVERY_MS, stop);
    }
  } finally {
    bureau.close();
  }
}

function alive({ daemon, dir }: Stage): void {
  if (!hasEnded(daemon)) return;
  const said = readFileSync(join(dir, 'daemon.out'), 'utf8').trim().split('\n').slice(-5).join('\n');
  throw new DaemonError('failed', {
    zh: `守护进程自己结束了（${daemon.exitCode ?? daemon.signalCode}）：\n${said}`,
    en: `the daemon has ended by itself (${daemon.exitCode ?? daemon.signalCode}):\n${said}`,
  });
}
