import { randomUUID } from 'node:crypto';
import { openConfiguredPlatform, openConfiguredStore, openGate } from '../../daemon/parts.ts';
import { PlatformError } from '../../lib/errors.ts';
import { plural } from '../../lib/text.ts';
import { CODES } from '../../platform/codes.ts';
import { gated } from '../../platform/gate.ts';
import type { BalanceAnswer } from '../../platform/platform.ts';
import { fail, failed, ok, skip, warn, type Check, type Found, type Patient } from '../check.ts';

/** Fewer messages than this left: time to top up. */
const LOW = 1000;

/**
 * One balance call through the gate, like every call of the account: five wrong passwords lock it, and a doctor who is asked five
 * times would be the one who did. Where the latch cannot be read, nobody calls.
 */
export const account: Check = {
  name: { zh: '平台账户', en: 'account' },
  async run(patient) {
    if (patient.database === null || !patient.schemaUsable) {
      return [
        skip(
          '没有呼叫平台：通道是否因密码错误等而停，记在数据库里，现在读不到',
          'the platform was not called: whether the channel is closed (by a wrong password, say) stands in the database and cannot be read now',
        ),
      ];
    }
    if (!patient.platformReached) {
      return [skip('没有呼叫平台：先解决上面的连接问题', 'the platform was not called: solve the connection first')];
    }
    return ask(patient);
  },
};

async function ask({ config, clock }: Patient): Promise<Found[]> {
  const store = await openConfiguredStore(config);
  const raw = openConfiguredPlatform(config);
  try {
    const gate = await openGate(config, store, clock, `doctor.${randomUUID()}`, () => undefined);
    const answer = judge(await gated(raw, gate).balance());
    const closed = gate.closed('send');
    return closed && answer.level !== 'fail' ? [answer, warn(closed.text)] : [answer];
  } catch (error) {
    if (!(error instanceof PlatformError) || error.kind !== 'blocked') return [failed(error)];
    return [fail({ zh: `没有呼叫平台：${error.text.zh}`, en: `the platform was not called: ${error.text.en}` })];
  } finally {
    await raw.close();
    await store.close();
  }
}

function judge({ code, number }: BalanceAnswer): Found {
  if (code !== '0') {
    const facts = CODES.get(code);
    return fail(
      {
        zh: `查询余额得到 ${code}：${facts?.meaning.zh ?? '含义不明'}`,
        en: `the balance call got ${code}: ${facts?.meaning.en ?? 'a code without known meaning'}`,
      },
      facts?.remedy ?? { zh: '请向平台询问该结果码。', en: 'Ask the platform what the code means.' },
    );
  }
  if (number === null) return ok('账号和密码有效', 'account and password are valid');
  if (number >= LOW)
    return ok(`账号和密码有效，余额 ${number} 条`, `account and password are valid, ${number} messages left`);
  return warn(
    {
      zh: `账号和密码有效，余额只有 ${number} 条`,
      en: `account and password are valid, only ${plural(number, 'message')} left`,
    },
    { zh: '请充值。', en: 'Top it up.' },
  );
}
