import { DbError, type DbErrorKind } from '../lib/errors.ts';
import type { Engine } from './dialect.ts';
import { DuplicateKey } from './failure.ts';

/** The engine, and `told` of what fails in it; a key that exists already is no failure but an answer. */
export function watched(engine: Engine, told?: (kind: DbErrorKind) => void): Engine {
  if (told === undefined) return engine;
  const noted = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      if (error instanceof DbError && !(error instanceof DuplicateKey)) told(error.kind);
      throw error;
    }
  };
  return {
    ...engine,
    all: (statement) => noted(engine.all(statement)),
    run: (statement) => noted(engine.run(statement)),
    insert: (statement) => noted(engine.insert(statement)),
    tx: (work) => noted(engine.tx(work)),
  };
}
