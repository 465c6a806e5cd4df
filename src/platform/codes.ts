import type { Text } from '../lib/text.ts';

/** An account-level stop: of every call or of sending only, until a person acts, the day ends, or a probe gets through. */
export interface AccountStop {
  readonly scope: 'all' | 'send';
  readonly until: 'person' | 'midnight' | 'probe';
}

/** What to do about a code, without what only the answer itself says. */
export type CodeRule =
  | { readonly kind: 'accepted' | 'failed' | 'duplicate' | 'unknown' }
  /** `history`: what went out before decides, so a repeat may be refused because its first try got through. */
  | { readonly kind: 'perNumber'; readonly history: boolean }
  | { readonly kind: 'later' | 'slower'; readonly delayMs: number }
  | ({ readonly kind: 'account' } & AccountStop);

export interface CodeFacts {
  readonly rule: CodeRule;
  /** The platform's own words, as public code lists and captured answers have them. */
  readonly sample: string;
  /** One clause, no full stop. */
  readonly meaning: Text;
  /** Whole sentences: what to do. */
  readonly remedy: Text;
}

const MINUTE = 60_000;
const ACCEPTED: CodeRule = { kind: 'accepted' };
const FAILED: CodeRule = { kind: 'failed' };
const PER_NUMBER: CodeRule = { kind: 'perNumber', history: false };
const UNKNOWN: CodeRule = { kind: 'unknown' };
/** Trying on with what the platform refuses locks the account (21): nobody calls until a person has acted. */
const PERSON: CodeRule = { kind: 'account', scope: 'all', until: 'person' };
const PROBE_SENDS: CodeRule = { kind: 'account', scope: 'send', until: 'probe' };

/** Every code of dialect U, and 22/23 of its look-alikes. 19, 27, 30 and 31 have never been given a meaning. */
// prettier-ignore
export const CODES: ReadonlyMap<string, CodeFacts> = new Map([
  line('0', ACCEPTED, '发送短信成功', '平台已接收', 'accepted by the platform', '等待回执。', 'Wait for the receipt.'),
  line('1', FAILED, '提交参数不能为空', '提交的参数不完整', 'a parameter is missing', '这是本程序的错误，请反馈日志。', 'This is a fault of this program: report it with the log.'),
  line('2', PERSON, '账号无效或权限不足', '账号无效、未开户或权限不足', 'the account is unknown or lacks rights', '请核对 platform.spCode 和 loginName。', 'Check platform.spCode and loginName.'),
  line('3', PERSON, '账号密码错误', '账号密码错误', 'wrong password', '请核对 platform.password；连错五次账号会被锁。', 'Check platform.password; five wrong ones lock the account.'),
  line('4', FAILED, '预约发送时间格式不正确，应为yyyyMMddHHmmss', '预约发送时间格式不正确', 'malformed schedule time', '这是本程序的错误，请反馈日志。', 'This is a fault of this program: report it with the log.'),
  line('5', { kind: 'account', scope: 'all', until: 'probe' }, 'IP不合法', '本机出口 IP 未在平台登记', 'the IP address of this machine is not registered with the account', '请平台登记本机的出口 IP。', 'Have the platform register the outgoing IP address.'),
  line('6', PER_NUMBER, '号码中含有无效号码或不在规定的号段或为免打扰号码（含系统黑名单号码）', '号码无效、不在号段内，或在免打扰/黑名单中', 'the number is invalid, out of range, do-not-disturb or blacklisted', '请核对号码；本人要求接收的请平台解除免打扰。', 'Check the number; if the citizen wants messages, have the platform lift the block.'),
  line('7', FAILED, '非法关键字', '内容含平台禁用的关键字', 'the text holds a forbidden word', '请改写内容，再把 status 置为 NEW。', 'Change the text, then set status to NEW.'),
  line('8', FAILED, '内容长度超过上限，最大402字符', '内容超过平台的长度上限', 'the text is longer than the platform takes', '请缩短内容，或调小 platform.maxLength 以便预先拦截。', 'Shorten the text, or lower platform.maxLength so that it is caught earlier.'),
  line('9', FAILED, '接受号码过多，最大1000', '一次提交的号码过多', 'too many numbers in one call', '这是本程序的错误，请反馈日志。', 'This is a fault of this program: report it with the log.'),
  line('10', PER_NUMBER, '黑名单用户', '号码在平台黑名单中', 'the number is on the blacklist of the platform', '请核对号码；本人要求接收的请平台解除。', 'Check the number; if the citizen wants messages, have the platform lift the block.'),
  line('11', { kind: 'slower', delayMs: 2000 }, '提交速度太快', '提交太快，平台要求放慢', 'submitted too fast', '自动放慢后重试；经常出现请调低 outbox.ratePerSecond。', 'It slows down and tries again by itself; if it happens often, lower outbox.ratePerSecond.'),
  line('12', PROBE_SENDS, '您尚未订购[普通短信业务]，暂不能发送该类信息', '账户没有订购短信业务', 'the account has not subscribed to this service', '请向平台订购该业务。', 'Subscribe to the service at the platform.'),
  line('13', PROBE_SENDS, '您的[普通短信业务]剩余数量发送不足，暂不能发送该类信息', '短信套餐余量不足', 'the message package is used up', '请充值；到账后自动恢复。', 'Top it up; sending resumes by itself.'),
  line('14', FAILED, '流水号格式不正确', '流水号格式不正确', 'malformed serial number', '这是本程序的错误，请反馈日志。', 'This is a fault of this program: report it with the log.'),
  line('15', { kind: 'duplicate' }, '流水号重复', '流水号重复，平台此前已收到', 'duplicate serial: the platform already has it', '等待回执；长期没有回执请与平台核对。', 'Wait for the receipt; if none comes, ask the platform.'),
  line('16', { kind: 'account', scope: 'send', until: 'midnight' }, '超出发送上限（操作员帐户当日发送上限）', '超出账户当日发送上限', 'the daily cap of the account is reached', '北京时间零点自动恢复；需要今天发完请平台提高上限。', 'It resumes at midnight in Beijing; to finish today, have the platform raise the cap.'),
  line('17', PROBE_SENDS, '余额不足', '账户余额不足', 'the account has no money left', '请充值；到账后自动恢复。', 'Top it up; sending resumes by itself.'),
  line('18', { kind: 'later', delayMs: MINUTE }, '扣费不成功', '平台扣费不成功', 'charging failed', '自动重试；持续出现请联系平台。', 'It tries again by itself; if it lasts, ask the platform.'),
  line('20', UNKNOWN, '系统错误', '平台系统错误，短信可能已发也可能未发', 'system error at the platform: it may or may not have gone out', '自动以原流水号重新提交，不会重复。', 'It is submitted again under the same serial and does not double.'),
  line('21', PERSON, '密码错误次数达到5次', '密码错误达到五次，账号已锁定', 'five wrong passwords: the account is locked', '请平台解锁，核对 platform.password 后运行 yxt-mw resume。', 'Have the platform unlock it, check platform.password, then run "yxt-mw resume".'),
  line('22', PER_NUMBER, '只能发送移动的手机号码', '账户只能发送中国移动的号码', 'the account may send to China Mobile numbers only', '请平台开通其他运营商的号码。', 'Have the platform open the account for other carriers.'),
  line('23', PER_NUMBER, '只能发送电信的手机号码', '账户只能发送中国电信的号码', 'the account may send to China Telecom numbers only', '请平台开通其他运营商的号码。', 'Have the platform open the account for other carriers.'),
  line('24', PERSON, '账户状态不正常', '账户状态不正常，可能已停用', 'the account is suspended', '请联系平台，恢复后运行 yxt-mw resume。', 'Ask the platform; once it is restored, run "yxt-mw resume".'),
  line('25', PERSON, '账户权限不足', '账户权限不足', 'the account lacks rights', '请平台授权，之后运行 yxt-mw resume。', 'Have the platform grant them, then run "yxt-mw resume".'),
  line('26', ACCEPTED, '需要人工审核', '平台已接收，等待人工审核', 'accepted, waits for manual review', '不要重发，等待平台审核。', 'Do not send it again; wait for the review.'),
  line('28', FAILED, '发送内容与模板不符', '内容与平台批准的模板不符', 'the text matches no approved template', '请对照批准的模板逐字核对（含标点），或报备新模板。', 'Compare with the approved template to the letter (punctuation too), or register a new one.'),
  line('29', FAILED, '扩展号太长或不是数字&accnum=', '扩展号太长或不是数字', 'the extension is too long or no digits', '请检查 ext_no 与 platform.accessNo。', 'Check ext_no and platform.accessNo.'),
  line('32', { kind: 'perNumber', history: true }, '同一号码发送次数太多,一天内同一号码发送相同内容次数:5,当前次数为:6', '同一号码 24 小时内收到相同内容的次数已达上限', 'this number got the same text too often within 24 hours', '请改内容，或次日重发。', 'Change the text, or send it again the next day.'),
  line('33', { kind: 'slower', delayMs: MINUTE }, '同一号码验证码提交过快', '同一号码的验证码提交过快', 'verification codes to one number come too fast', '一分钟后自动重试。', 'It tries again in a minute.'),
]);

/** What a code, in the answer to any call, says about the account; null when nothing. Scope `send` counts for `send` only. */
export function accountStop(code: string): AccountStop | null {
  const rule = CODES.get(code)?.rule;
  return rule?.kind === 'account' ? { scope: rule.scope, until: rule.until } : null;
}

function line(
  code: string,
  rule: CodeRule,
  sample: string,
  zh: string,
  en: string,
  remedyZh: string,
  remedyEn: string,
): [string, CodeFacts] {
  return [code, { rule, sample, meaning: { zh, en }, remedy: { zh: remedyZh, en: remedyEn } }];
}
