const SINGLE = 70;
/** A part of a long message gives up three characters to the header that joins the parts. */
const PART = 67;

/**
 * Billed parts of a text: up to 70 characters one, else 67 each. Counts UTF-16 units (an emoji is two), letters and
 * digits like Chinese characters, as mainland carriers do.
 */
export function segments(text: string): number {
  return text.length <= SINGLE ? 1 : Math.ceil(text.length / PART);
}
