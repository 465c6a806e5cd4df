import type { Text } from '../lib/text.ts';
import { rejected, type Finding } from './finding.ts';
import type { TemplateMatcher } from './matcher.ts';
import type { Message } from './message.ts';
import type { Calendar } from './calendar.ts';
import { remembered } from './remembered.ts';
import { mayGoAt, quietFinding, type QuietWindow } from './quiet.ts';
import type { WordList } from './words.ts';

/** One rule about what a message says or when it goes; it asks nobody. */
export interface Rule {
  readonly name: Text;
  /** What it has against the message; null: nothing. */
  judge(m: Message): Finding | null;
  /** Said where it has nothing against it. */
  readonly fine: Text;
}

export const TEMPLATE: Text = { zh: '模板', en: 'template' };

/** With `policy.requireTemplate`: free text, without the signature that the bureau may have put there, must come from a template. */
export function templateRule(matcher: () => TemplateMatcher, signature: string): Rule {
  return {
    name: TEMPLATE,
    fine: { zh: '与已备案模板相符', en: 'matches an approved template' },
    judge(m) {
      const content = unsigned(m.content, signature);
      if (m.template !== null || matcher().match(content) !== null) return null;
      return mismatch(matcher(), content);
    },
  };
}

/** What of a text a template makes. */
export const unsigned = (content: string, signature: string): string =>
  signature === '' ? content : content.replace(signature, '');

/** Of a text that matches none: the nearest template, and where the text leaves it. */
export function mismatch(matcher: TemplateMatcher, content: string): Finding {
  const nearest = matcher.nearest(content);
  if (nearest === null) {
    return rejected(
      'TEMPLATE_MISMATCH',
      '与任何已备案模板都不相符，没有相近的',
      'matches no approved template, and none is near',
    );
  }
  const { template, departure } = nearest;
  const there = show(content.slice(departure.at));
  const wanted = show(departure.expected);
  return rejected(
    'TEMPLATE_MISMATCH',
    `与已备案模板不符。最接近的是 ${template.code}：第 ${departure.at + 1} 字起应为${wanted ? `“${wanted}”` : '结尾'}，实为${there ? `“${there}”` : '结尾'}`,
    `matches no approved template. Nearest is ${template.code}: from character ${departure.at + 1} on it wants ${wanted ? `"${wanted}"` : 'the end'}, not ${there ? `"${there}"` : 'the end'}`,
  );
}

const show = (text: string): string => (text.length > 12 ? `${text.slice(0, 12)}…` : text);

export function wordRule(words: () => WordList, over: 'reject' | 'hold'): Rule {
  return {
    name: { zh: '敏感词', en: 'blocked words' },
    fine: { zh: '未发现', en: 'none found' },
    judge(m) {
      const word = words().find(m.text);
      if (word === null) return null;
      return {
        status: over === 'hold' ? 'HELD' : 'REJECTED',
        code: 'BLOCKED_WORD',
        text: {
          zh: `内容含敏感词“${word}”。改写后把 status 置为 NEW`,
          en: `the text holds the blocked word "${word}". Reword it, then set status to NEW`,
        },
      };
    },
  };
}

/** What the carriers ask of every marketing message, and what gives one away. */
const UNSUBSCRIBE = /(?:回复?|发送?)\s*[A-Za-z\d]{0,4}\s*(?:即可)?\s*退订|退订(?:请?回|[:：]?\s*[A-Z])|拒收请?回复?/;

/** Marketing is not allowed on interface accounts (行业短信): the platform suspends them for it. */
export function marketingRule(categories: ReadonlySet<string>): Rule {
  const tellsHow = remembered((text) => (text.includes('退订') || text.includes('拒收')) && UNSUBSCRIBE.test(text));
  return {
    name: { zh: '营销', en: 'marketing' },
    fine: { zh: '不像营销短信', en: 'does not look like marketing' },
    judge: (m) =>
      categories.has(m.category) || tellsHow(m.text)
        ? rejected(
            'MARKETING',
            '营销短信不能走接口账户（类别为营销，或内容带退订提示）',
            'marketing must not go out on an interface account (its category says so, or it tells how to unsubscribe)',
          )
        : null,
  };
}

/** A second 【】 is read as a second signature, and the message is stopped on its way. */
export function signatureRule(own: string): Rule {
  const another = remembered((text) => /[【】]/.test(unsigned(text, own)));
  return {
    name: { zh: '签名', en: 'signature' },
    fine: { zh: '没有第二个【】', en: 'no second 【】' },
    judge: (m) =>
      another(m.text)
        ? rejected(
            'SIGNATURE',
            '内容另带【】，会被当作第二个签名。请去掉或换成其他括号，再把 status 置为 NEW',
            'the text has 【】 of its own, which is taken for a second signature. Remove them or use other brackets, then set status to NEW',
          )
        : null,
  };
}

export function quietRule(windows: readonly QuietWindow[], calendar: Calendar, overridden: () => boolean): Rule {
  return {
    name: { zh: '静默时段', en: 'quiet hours' },
    fine: { zh: '现在可以发', en: 'may go now' },
    judge(m) {
      if (overridden()) return null;
      const until = mayGoAt(m.at, m.category, windows, calendar);
      return until > m.at ? quietFinding(m.at, until) : null;
    },
  };
}
