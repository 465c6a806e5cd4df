import { openConfiguredStore } from '../../daemon/parts.ts';
import { plural, type Text } from '../../lib/text.ts';
import { policyOptions } from '../../policy/options.ts';
import { Policy } from '../../policy/policy.ts';
import { NO_DATABASE, ok, warn, type Check, type Found } from '../check.ts';

/** A year's end is looked at this early: the new holidays are published in November. */
const AHEAD_MS = 31 * 86_400_000;

/** Templates, words and holidays, as far as something about them is wrong. */
export const policy: Check = {
  name: { zh: '发送规则', en: 'policy' },
  async run({ config, clock, schemaUsable }) {
    const options = policyOptions(config);
    const found: Found[] = [];
    const byDay = options.quiet.some(({ days }) => days !== 'all');
    if (byDay && !options.calendar.knows(clock.wall() + AHEAD_MS)) found.push(NO_YEAR);
    if (!schemaUsable) return [...found, NO_DATABASE];
    const problems: Text[] = [];
    const store = await openConfiguredStore(config);
    try {
      const rules = new Policy(options, store, clock, (text) => {
        if (text) problems.push(text);
      });
      await rules.refresh();
      const { templates, words } = rules.size;
      if (options.requireTemplate && templates === 0) found.push(NO_TEMPLATES);
      found.push(...problems.map((text) => warn(text)));
      const limits = options.limits.length;
      if (found.length > 0) return found;
      return [
        ok(
          `启用的模板 ${templates} 个，敏感词 ${words} 个，限量 ${limits} 项`,
          `${plural(templates, 'template')} in use, ${plural(words, 'blocked word')}, ${plural(limits, 'limit')}`,
        ),
      ];
    } finally {
      await store.close();
    }
  },
};

const NO_YEAR = warn(
  {
    zh: '静默时段区分工作日与休息日，但没有一个月后那一年的节假日文件：那一年只认周末',
    en: 'quiet hours go by workdays and rest days, but there are no holidays for the year that it is in a month: only its weekends are known',
  },
  {
    zh: '按国务院办公厅的通知写好该年的 JSON 文件，放进 policy.holidays 所指的目录，再 yxt-mw reload。',
    en: 'Write that year’s JSON file by the State Council’s notice into the folder that policy.holidays names, then yxt-mw reload.',
  },
);

const NO_TEMPLATES = warn(
  {
    zh: 'policy.requireTemplate 为 true，但 sms_template 里没有启用的模板：所有短信都会被拒绝',
    en: 'policy.requireTemplate is true, but sms_template has no template in use: every message will be refused',
  },
  {
    zh: '用 yxt-mw template add 或 import 加入已备案的模板。',
    en: 'Add the approved templates with yxt-mw template add or import.',
  },
);
