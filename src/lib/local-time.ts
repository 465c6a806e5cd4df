/** `2026-11-26 09:15:00` by the clock of this machine, as people who sit at it read it. */
export function localTime(ms: number): string {
  return new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 19).replace('T', ' ');
}
