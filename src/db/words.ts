import { rowText, type Locale, type Text } from '../lib/text.ts';

/** What a row is told where no answer of the platform speaks: the store's own changes of its status. */
const WORDS = {
  edited: {
    zh: '提交途中内容、号码或扩展号被修改，平台的答复是对改前那一条的（见 explain）。要发改后的内容，把 status 置为 NEW；不发则置为 CANCELLED',
    en: 'text, phone or extension was changed while being sent; the answer is about what was there before (see explain). To send the new text set status to NEW, else CANCELLED',
  },
  delivered: { zh: '已送达', en: 'delivered' },
  undelivered: {
    zh: '运营商未能送达，原因见 receipt_code。确要再发，把 status 置为 NEW',
    en: 'the carrier could not deliver it, see receipt_code. To send it again, set status to NEW',
  },
  unknown: {
    zh: '平台已受理，但一直没有回执，是否送达不明',
    en: 'the platform accepted it, but no receipt ever came: whether it was delivered is not known',
  },
} as const satisfies Record<string, Text>;

export type Words = Readonly<Record<keyof typeof WORDS, string>>;

export function wordsIn(locale: Locale): Words {
  const { edited, delivered, undelivered, unknown } = WORDS;
  return {
    edited: rowText(edited, locale),
    delivered: rowText(delivered, locale),
    undelivered: rowText(undelivered, locale),
    unknown: rowText(unknown, locale),
  };
}
