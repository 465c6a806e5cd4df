import { Turn, type TurnParts } from '../db/turn.ts';

/** Longer than any transaction of ours, short enough for another daemon to take over from a dead one. */
const LEASE_MS = 60_000;
const RENEW_MS = 20_000;

/** The right to keep house: one process has it. Nothing would be lost if two had; it would only be done twice as fast as it should. */
export const keepingTurn = (parts: Pick<TurnParts, 'store' | 'clock' | 'channel' | 'owner'>): Turn =>
  new Turn({ ...parts, what: 'keep', leaseMs: LEASE_MS, neededMs: LEASE_MS - RENEW_MS });
