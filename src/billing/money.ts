/** Money is counted in li (厘), a thousandth of a yuan, whole: `42150` is 42.15 yuan. */
export type Li = number;

/** From yuan as people write them in the configuration, at most three decimals. */
export const liOf = (yuan: number): Li => Math.round(yuan * 1000);

/** In yuan, with two decimals, or three where there are. */
export function yuan(li: Li): string {
  const digits = String(Math.abs(li)).padStart(4, '0');
  const [whole, rest] = [digits.slice(0, -3), digits.slice(-3)];
  return `${li < 0 ? '-' : ''}${whole}.${rest.endsWith('0') ? rest.slice(0, 2) : rest}`;
}
