import type { Text } from '../lib/text.ts';

export type Carrier = 'mobile' | 'unicom' | 'telecom' | 'broadnet' | 'virtual' | 'other';

/**
 * Prefixes by original allocation, longest first to be tried: the newest public list is of 2022, and numbers are portable since 2019.
 * For statistics only; nothing is routed or refused by it.
 */
const PREFIXES: readonly (readonly [Carrier, string])[] = [
  ['virtual', '162 165 167 171 1700 1701 1702 1703 1704 1705 1706 1707 1708 1709'],
  ['telecom', '1349 1740 133 149 153 173 177 180 181 189 190 191 193 199'],
  ['unicom', '130 131 132 145 155 156 166 175 176 185 186 196'],
  ['mobile', '134 135 136 137 138 139 147 150 151 152 157 158 159 172 178 182 183 184 187 188 195 197 198'],
  ['broadnet', '192'],
];

const BY_PREFIX = new Map(PREFIXES.flatMap(([carrier, list]) => list.split(' ').map((p) => [p, carrier] as const)));

/** Which carrier the number was first given to. */
export function carrierOf(phone: string): Carrier {
  return BY_PREFIX.get(phone.slice(0, 4)) ?? BY_PREFIX.get(phone.slice(0, 3)) ?? 'other';
}

/** The carrier of a name of ours, or of a number's first digits. */
export const carrierAt = (place: string): Carrier =>
  Object.hasOwn(CARRIER_NAMES, place) ? (place as Carrier) : carrierOf(place);

export const CARRIER_NAMES: Readonly<Record<Carrier, Text>> = {
  mobile: { zh: '中国移动', en: 'China Mobile' },
  unicom: { zh: '中国联通', en: 'China Unicom' },
  telecom: { zh: '中国电信', en: 'China Telecom' },
  broadnet: { zh: '中国广电', en: 'China Broadnet' },
  virtual: { zh: '虚拟运营商', en: 'virtual operators' },
  other: { zh: '其他', en: 'other' },
};
