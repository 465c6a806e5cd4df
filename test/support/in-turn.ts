/** Lets pieces of work wait for each other: each begins when those before it have ended, well or not. */
export function inTurn(): <T>(work: () => Promise<T>) => Promise<T> {
  let tail: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = tail.then(work, work);
    tail = mine.catch(() => undefined);
    return mine;
  };
}
