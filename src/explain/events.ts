import type { Submit } from '../db/store.ts';
import { plural, type Text } from '../lib/text.ts';
import { column, msFrom, type ExplainFacts } from './facts.ts';
import { codeWords, receiptWords } from './words.ts';

/** One step of a row's life. */
export interface StoryEvent {
  /** As the database prints it. */
  readonly at: string;
  /** Milliseconds since the step before; null for the first. */
  readonly afterMs: number | null;
  readonly text: Text;
}

type Step = Omit<StoryEvent, 'afterMs'>;

/** What happened to a row, in the order of time: inserted, each try with its serial and answer, accepted, receipt. */
export function eventsOf(facts: ExplainFacts): StoryEvent[] {
  const created = column(facts, 'created_at');
  const steps: Step[] = created === null ? [] : [{ at: created, text: inserted(facts) }];
  const tries = [...facts.submits].reverse();
  tries.forEach((submit, i) => steps.push(...stepsOf(facts, submit, i + 1)));

  const serial = column(facts, 'serial_no');
  const sentAt = column(facts, 'sent_at');
  // the submission says it better, but is deleted after some months
  if (sentAt !== null && !tries.some((submit) => submit.serial === serial && submit.settledAt !== null)) {
    steps.push({ at: sentAt, text: accepted(column(facts, 'result_code') ?? '0', column(facts, 'task_id')) });
  }
  const receiptAt = column(facts, 'receipt_at');
  const receiptCode = column(facts, 'receipt_code');
  if (receiptAt !== null && receiptCode !== null) {
    const words = receiptWords(receiptCode);
    steps.push({ at: receiptAt, text: { zh: `收到回执 ${words.zh}`, en: `receipt ${words.en}` } });
  }
  const movedAt = column(facts, 'moved_at');
  if (movedAt !== null) steps.push({ at: movedAt, text: MOVED });
  const ordered = steps.map((step, i) => ({ step, i })).sort((a, b) => compare(a.step.at, b.step.at) || a.i - b.i);
  return ordered.map(({ step }, i) => ({ ...step, afterMs: msFrom(ordered[i - 1]?.step.at ?? null, step.at) }));
}

const MOVED: Text = { zh: '移入历史表', en: 'moved to the history' };

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function inserted(facts: ExplainFacts): Text {
  const category = column(facts, 'category') ?? '';
  const priority = column(facts, 'eff_priority') ?? column(facts, 'priority') ?? '';
  const zh = [`写入发件表：类别 ${category}，优先级 ${priority}`];
  const en = [`inserted: category ${category}, priority ${priority}`];
  const add = (name: string, textZh: string, textEn: string): void => {
    const value = column(facts, name);
    if (value === null || value === '') return;
    zh.push(`${textZh} ${value}`);
    en.push(`${textEn} ${value}`);
  };
  add('inbox_id', '答复收件', 'answers inbox row');
  add('source', '来源', 'source');
  add('biz_id', '业务编号', 'biz_id');
  add('send_at', '定于', 'not before');
  add('expire_at', '过期于', 'not after');
  return { zh: zh.join('，'), en: en.join(', ') };
}

function stepsOf(facts: ExplainFacts, submit: Submit, number: number): Step[] {
  const others = submit.members.length - 1;
  const steps: Step[] = [
    {
      at: submit.firstTryAt,
      text: {
        zh: `第 ${number} 次提交：流水号 ${submit.serial}${others > 0 ? `，同批另有 ${others} 行` : ''}`,
        en: `submission ${number}: serial ${submit.serial}${others > 0 ? `, with ${plural(others, 'other row')}` : ''}`,
      },
    },
  ];
  if (submit.tries > 1) {
    steps.push({
      at: submit.lastTryAt,
      text: {
        zh: `以同一流水号再次处理（第 ${submit.tries} 次，平台不会重复发送）`,
        en: `taken up again under the same serial (try ${submit.tries}; the platform does not send it twice)`,
      },
    });
  }
  if (submit.settledAt !== null) steps.push({ at: submit.settledAt, text: answer(facts, submit) });
  if (submit.lateReceipts > 0) {
    const { lateReceipts: n } = submit;
    steps.push({
      at: submit.settledAt ?? submit.lastTryAt,
      text: {
        zh: `该次提交另有 ${n} 条迟到的回执，只计数，不影响本行`,
        en: `${plural(n, 'late receipt')} came for this submission; counted, not applied to the row`,
      },
    });
  }
  return steps;
}

function answer(facts: ExplainFacts, submit: Submit): Text {
  const current = column(facts, 'serial_no') === submit.serial;
  // of a whole call that was accepted, this number may have been refused
  const ours = current ? column(facts, 'result_code') : null;
  const code = ours ?? submit.resultCode;
  const words = code === null ? { zh: '', en: '' } : codeWords(code);
  switch (submit.state) {
    case 'ACCEPTED':
      return accepted(code ?? '0', submit.taskId);
    case 'VOID':
      return { zh: `没有发出，退回等待 ${words.zh}`.trim(), en: `never went out, put back ${words.en}`.trim() };
    case 'HELD':
      return { zh: `结果不明，转人工 ${words.zh}`.trim(), en: `outcome unknown, held for a person ${words.en}`.trim() };
    case 'DONE':
      // given up waiting for receipts, or refused
      return column(facts, 'sent_at') !== null && current
        ? accepted(code ?? '0', submit.taskId)
        : { zh: `平台答复 ${words.zh}`.trim(), en: `the platform answered ${words.en}`.trim() };
    case 'OPEN':
      return { zh: `尚无结果 ${words.zh}`.trim(), en: `no outcome yet ${words.en}`.trim() };
  }
}

function accepted(code: string, taskId: string | null): Text {
  const words = codeWords(code);
  const refused = code === '6';
  const task = taskId === null ? { zh: '', en: '' } : { zh: `，任务号 ${taskId}`, en: `, task ${taskId}` };
  if (refused) {
    return {
      zh: `平台拒绝了本行的号码：${words.zh}${task.zh}`,
      en: `the platform refused this number: ${words.en}${task.en}`,
    };
  }
  return code === '0'
    ? { zh: `平台已受理${task.zh}`, en: `accepted by the platform${task.en}` }
    : { zh: `平台受理：${words.zh}${task.zh}`, en: `accepted by the platform: ${words.en}${task.en}` };
}
