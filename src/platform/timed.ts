import { PlatformError } from '../lib/errors.ts';
import type { Answer, CallKind, Platform } from './platform.ts';

/** Told of every call that has ended: `result` is the platform's code, or the kind of the error. */
export type CallTold = (kind: CallKind, result: string, seconds: number) => void;

/** The platform itself; `told` hears of each of its calls. */
export function timed(platform: Platform, told: CallTold): Platform {
  async function during<T extends Pick<Answer, 'code'>>(kind: CallKind, call: () => Promise<T>): Promise<T> {
    const began = performance.now();
    const end = (result: string): void => told(kind, result, (performance.now() - began) / 1000);
    try {
      const answer = await call();
      end(answer.code);
      return answer;
    } catch (error) {
      end(error instanceof PlatformError ? error.kind : 'error');
      throw error;
    }
  }
  return {
    prepare: (calls) => platform.prepare(calls),
    send: (request) => during('send', () => platform.send(request)),
    report: () => during('report', () => platform.report()),
    reply: () => during('reply', () => platform.reply()),
    confirm: (lastId) => during('confirm', () => platform.confirm(lastId)),
    balance: () => during('balance', () => platform.balance()),
    readReport: (raw) => platform.readReport(raw),
    readReply: (raw) => platform.readReply(raw),
    close: (hurry) => platform.close(hurry),
  };
}
