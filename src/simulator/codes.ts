import iconv from 'iconv-lite';

/** Result codes of the HTTP interface with the platform's own words (public code lists of the HTTP interface). */
export const DESCRIPTIONS: Readonly<Record<string, string>> = {
  0: '发送短信成功',
  1: '提交参数不能为空',
  2: '账号无效或权限不足',
  3: '账号密码错误',
  4: '预约发送时间格式不正确，应为yyyyMMddHHmmss',
  5: 'IP不合法',
  6: '号码中含有无效号码或不在规定的号段或为免打扰号码（含系统黑名单号码）',
  7: '非法关键字',
  8: '内容长度超过上限，最大402字符',
  9: '接受号码过多，最大1000',
  10: '黑名单用户',
  11: '提交速度太快',
  12: '您尚未订购[普通短信业务]，暂不能发送该类信息',
  13: '您的[普通短信业务]剩余数量发送不足，暂不能发送该类信息',
  14: '流水号格式不正确',
  15: '流水号重复',
  16: '超出发送上限（操作员帐户当日发送上限）',
  17: '余额不足',
  18: '扣费不成功',
  20: '系统错误',
  21: '密码错误次数达到5次',
  24: '账户状态不正常',
  25: '账户权限不足',
  26: '需要人工审核',
  28: '发送内容与模板不符',
  29: '扩展号太长或不是数字',
  32: '同一号码相同内容发送次数太多',
  33: '同一号码验证码提交过快',
};

/** Why a call is refused; `tail` is appended as it is (`&faillist=…`). */
export interface Refusal {
  readonly code: string;
  readonly description?: string;
  readonly tail?: string;
}

/**
 * GBK bytes of `text` as a "binary string" (one character per byte). Answers are put together as such strings, because
 * Node writes one to a socket without a further copy; what GBK cannot carry becomes `?`, as on the real platform.
 */
export function gbk(text: string): string {
  return iconv.encode(text, 'cp936').toString('latin1');
}

const encoded = new Map(Object.entries(DESCRIPTIONS).map(([code, text]) => [code, gbk(text)]));

/** `result=…&description=…` plus `tail`, which must be ASCII or come from `gbk`. */
export function answerLine(code: string, tail = '', description?: string): string {
  const words = description === undefined ? (encoded.get(code) ?? '') : gbk(description);
  return `result=${code}&description=${words}${tail}`;
}

export function refusalLine(refusal: Refusal): string {
  return answerLine(refusal.code, refusal.tail, refusal.description);
}

/** An answer line of `SendUTF8.do`; like the others one character of it is one byte. */
export function utf8(line: string): string {
  return Buffer.from(iconv.decode(Buffer.from(line, 'latin1'), 'cp936')).toString('latin1');
}
