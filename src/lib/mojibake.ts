/** What Windows shows for the bytes 0x80–0x9F; the five that it has no character for stay control characters. */
const CP1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
const CHINESE = /[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef]/;
/** The first two bytes of a Chinese character: most texts are told by this alone. */
const BEGINNING = new RegExp(`[\u00e3-\u00ef][\u00a0-\u00bf${CP1252}]`);
/** One accented letter before two signs (`Qualité…”`) may be chance; more of such in a row is not. */
const RUN = new RegExp(`[\u0080-\u00ff${CP1252}]{4}`);

/**
 * True of Chinese whose UTF-8 was taken for latin1 on its way (`ä¸\u00ad文`): each character is one byte, and the bytes read as UTF-8 with
 * Chinese in it. A text that was cut off in the middle of a character counts, too.
 */
export function isMojibake(text: string): boolean {
  if (!BEGINNING.test(text) || !RUN.test(text)) return false;
  const bytes: number[] = [];
  for (const char of text) {
    const code = char.charCodeAt(0);
    const byte = code <= 0xff && char.length === 1 ? code : 0x80 + CP1252.indexOf(char);
    if (byte < 0x80 && code > 0xff) return false; // no such byte: a character of another kind
    bytes.push(byte);
  }
  try {
    return CHINESE.test(new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes), { stream: true }));
  } catch {
    return false;
  }
}
