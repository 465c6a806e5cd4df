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
  line('UNSUPPORTED', '本版本不支持该行的 msg_type、channel 或 ext_no', 'this version does not support the msg_type, channel or ext_no of the row', '按 result_text 改正，再把 status 置为 NEW。', 'Correct it as result_text says, then set status to NEW.'),
  line('INBOX_MISMATCH', 'phone 与所答复的 sms_inbox 行的号码不同，疑似答错人', 'phone is not that of the sms_inbox row it answers: it might reach the wrong person', '核对 inbox_id 和 phone；改正后把 status 置为 NEW，不发则置为 CANCELLED。', 'Compare inbox_id and phone; correct them and set status to NEW, or set it to CANCELLED.'),
  line('DUPLICATE', '同一条来信已用同样的内容答复过，或 biz_id 与另一行相同（outbox.uniqueBy）', 'the same inbox row has been answered with the same text already, or another row has the same biz_id (outbox.uniqueBy)', '不必处理；确要再发，把 status 置为 NEW。', 'Nothing; to send it again, set status to NEW.'),
  line('NO_TEMPLATE', 'sms_template 中没有该 template_code，或它停用、写法有误', 'sms_template has no such template_code, or it is switched off or badly written', '用 yxt-mw template list 查看；补上或改正后把 status 置为 NEW。', 'See yxt-mw template list; add or correct it, then set status to NEW.'),
  line('BAD_PARAMS', 'params 填不进模板：不是 JSON 对象，或缺少、超长的参数', 'params do not fit the template: no JSON object, or a parameter missing or too long', '按 result_text 所说的参数改正 params，再把 status 置为 NEW。', 'Correct the parameter that result_text names, then set status to NEW.'),
  line('TEMPLATE_MISMATCH', '内容与任何已备案模板不符（policy.requireTemplate）', 'the text matches no approved template (policy.requireTemplate)', '按 result_text 指出的位置改内容，或报备并加入新模板，再把 status 置为 NEW。', 'Change the text where result_text says, or have a new template approved and add it, then set status to NEW.'),
  line('SIGNATURE', '内容另带【】，会被当作第二个签名', 'the text has 【】 of its own, which is taken for a second signature', '去掉或换成其他括号，再把 status 置为 NEW。', 'Remove them or use other brackets, then set status to NEW.'),
  line('BLOCKED_WORD', '内容含敏感词', 'the text holds a blocked word', '按 result_text 指出的词改写，再把 status 置为 NEW；HELD 的核实后直接置为 NEW 即放行。', 'Reword what result_text names, then set status to NEW; a HELD row goes as it is once you set NEW.'),
  line('MARKETING', '营销短信不能走接口账户', 'marketing must not go out on an interface account', '改走营销账户；误判请改写内容或类别，再把 status 置为 NEW。', 'Use an account for marketing; if it is none, reword it or change its category, then set status to NEW.'),
  line('BLACKLIST', '号码在黑名单中，或市民已退订', 'the phone is on the blacklist, or the citizen has opted out', '不必处理；确要发送，从 sms_blacklist 删去该号码，再把 status 置为 NEW。', 'Nothing; if it must go, delete the phone from sms_blacklist, then set status to NEW.'),
  line('RATE_LIMIT', '超过 policy.limits 的限量', 'over a limit of policy.limits', '推迟的会自动发送；被拒绝的到 result_text 所写时间之后把 status 置为 NEW。', 'Deferred rows go by themselves; rejected ones after the time in result_text, once you set status to NEW.'),
  line('QUIET_HOURS', '静默时段，已推迟', 'quiet hours, deferred', '到 result_text 所写时间自动发送；紧急时用 yxt-mw quiet off --for 2h --reason …。', 'It goes by itself at the time in result_text; in an emergency: yxt-mw quiet off --for 2h --reason …'),
  line('STORM', '同一号码条数异常，防刷闸挂起', 'too many messages to one phone: stopped by the storm brake', '查上游是否重复写入；核实后把 status 置为 NEW 放行，不发则置为 CANCELLED。', 'Find out whether a program upstream repeats itself; then set status to NEW to let it go, or to CANCELLED.'),
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
