import type { SimulatorHandle } from '../support/simulator.ts';

/** Milliseconds from each of these rows' insert to its acceptance, by phone. */
export async function waitsOf(simulator: SimulatorHandle, inserted: ReadonlyMap<number, number>): Promise<number[]> {
  const waits: number[] = [];
  for (const { at, phones } of await simulator.ledger()) {
    for (const phone of phones) {
      const from = inserted.get(phone);
      if (from !== undefined) waits.push(at - from);
    }
  }
  return waits;
}
