import type { Text } from '../lib/text.ts';

/** What a result code of our own means, and what to do about it. */
export interface LocalCodeFacts {
  readonly meaning: Text;
  readonly remedy: Text;
}

/** Every local code that this version writes (contract §2.4); the platform's codes are in `CODES`. */
// prettier-ignore
export const LOCAL_CODES: ReadonlyMap<string, LocalCodeFacts> = new Map([
  line('BAD_PHONE', 'phone 不是大陆手机号码', 'phone is not a mainland mobile number', '改正 phone，再把 status 置为 NEW。', 'Correct phone, then set status to NEW.'),
  line('EMPTY', 'content 为空', 'content is empty', '写入 content，再把 status 置为 NEW。', 'Fill in content, then set status to NEW.'),
  line('TOO_LONG', '内容超过 platform.maxLength（含签名）', 'the text is longer than platform.maxLength, signature included', '缩短或拆成两条，再把 status 置为 NEW。', 'Shorten or split it, then set status to NEW.'),
  line('UNENCODABLE', '平台的 GBK 编码没有其中的字符', 'the text has characters that the platform’s GBK cannot carry', '按 result_text 列出的字符改写 content，再把 status 置为 NEW。', 'Replace the characters that result_text names, then set status to NEW.'),
  line('GARBLED', '内容疑似乱码，在写入数据库的途中已损坏', 'the text looks garbled: it was destroyed on its way into the database', '检查写入程序的连接字符集（yxt-mw doctor 会查库这一侧）；改正 content 或确认无误后把 status 置为 NEW。', 'Check the client character set of the inserting program (yxt-mw doctor checks the side of the database); correct content, or if it is right, set status to NEW.'),
  line('UNSUPPORTED', '本版本不支持该行的 msg_type、template_code、channel 或 ext_no', 'this version does not support the msg_type, template_code, channel or ext_no of the row', '按 result_text 改正，再把 status 置为 NEW。', 'Correct it as result_text says, then set status to NEW.'),
  line('INBOX_MISMATCH', 'phone 与所答复的 sms_inbox 行的号码不同，疑似答错人', 'phone is not that of the sms_inbox row it answers: it might reach the wrong person', '核对 inbox_id 和 phone；改正后把 status 置为 NEW，不发则置为 CANCELLED。', 'Compare inbox_id and phone; correct them and set status to NEW, or set it to CANCELLED.'),
  line('DUPLICATE', '同一条来信已用同样的内容答复过', 'the same inbox row has been answered with the same text already', '不必处理；确要再发请改内容或清空 inbox_id，再把 status 置为 NEW。', 'Nothing; to send it again change the text or clear inbox_id, then set status to NEW.'),
  line('STALE', '已过 expire_at，或等待超过 outbox.maxAge', 'expire_at has passed, or it waited longer than outbox.maxAge', '仍要发送：改 expire_at（若有），再把 status 置为 NEW。', 'To send it all the same: change expire_at (if set), then set status to NEW.'),
  line('NOT_REACHED', '连不上平台，请求没有发出', 'the platform could not be reached, nothing was sent', '自动重试；持续出现请运行 yxt-mw doctor 检查网络和 TLS。', 'It is tried again by itself; if it lasts, yxt-mw doctor checks network and TLS.'),
  line('PLATFORM_DOWN', '平台连续没有应答', 'the platform has stopped answering', '自动重试；持续出现请联系平台。', 'It is tried again by itself; if it lasts, ask the platform.'),
  line('CHANNEL_PAUSED', '通道已暂停', 'the channel is paused', '用 yxt-mw status 看原因；人工暂停的用 yxt-mw resume 恢复。', 'See why with yxt-mw status; a pause by hand ends with yxt-mw resume.'),
  line('OUTCOME_UNKNOWN', '请求已发出而没有得到应答，可能已发也可能未发', 'the request went out and no answer came: it may or may not have been sent', '会以原流水号自动重新提交，不会重复；转为 HELD 的请与平台核对后把 status 置为 NEW（可能重复）或 CANCELLED。', 'It is submitted again under the same serial and does not double; once HELD, ask the platform, then set status to NEW (may double) or CANCELLED.'),
  line('EDITED', '发送途中内容、号码或状态被人修改', 'text, phone or status was changed by hand while it was being sent', '原内容可能已经发出；核对后把 status 置为 NEW（按新内容再发）或 CANCELLED。', 'The old text may have gone out; check, then set status to NEW (sends the new text) or CANCELLED.'),
]);

function line(code: string, zh: string, en: string, remedyZh: string, remedyEn: string): [string, LocalCodeFacts] {
  return [code, { meaning: { zh, en }, remedy: { zh: remedyZh, en: remedyEn } }];
}
