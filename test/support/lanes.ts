/** What the tests of a lane work on, one after the other. */
export interface Closable {
  close(): Promise<void>;
}

export interface LaneOptions<A extends Closable> {
  /** For the lane's `before`: skips it where something is missing. */
  readonly needs: (context: Mocha.Context) => Promise<void>;
  /** For the first test, and again after a failed one. */
  readonly open: () => Promise<A>;
}

export type AddTest<A> = (name: string, run: (arena: A) => Promise<void>) => void;
export type AddLane = <A extends Closable>(
  name: string,
  options: LaneOptions<A>,
  body: (test: AddTest<A>) => void,
) => void;

/** Lanes at the same time: as many as keep two cores busy and no time-out waiting. */
const AT_ONCE = 4;

/**
 * A suite whose tests mostly wait for leases and time-outs: its lanes run side by side, the tests of a lane in order. Each is reported
 * where it stands, as usual.
 */
export function sideBySide(title: string, body: (lane: AddLane) => void): void {
  describe(title, function () {
    this.timeout(300_000);
    const lanes: (() => Promise<void>)[] = [];
    before(() => {
      const next = async (): Promise<void> => {
        for (let run = lanes.shift(); run; run = lanes.shift()) await run();
      };
      for (let i = 0; i < AT_ONCE; i++) void next();
    });
    body((name, options, addTests) => {
      describe(name, () => lanes.push(addLane(options, addTests)));
    });
  });
}

/** Declares the tests; returns what runs them. */
function addLane<A extends Closable>(
  options: LaneOptions<A>,
  addTests: (test: AddTest<A>) => void,
): () => Promise<void> {
  const work: (() => Promise<void>)[] = [];
  const over = Promise.withResolvers<undefined>();
  let arena: Promise<A> | null = null;

  before(async function () {
    await options.needs(this);
  });
  addTests((name, run) => {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    promise.catch(() => undefined); // told by `it`
    work.push(() => attempt(run).then(() => resolve(undefined), reject));
    it(name, () => promise);
  });
  after(() => over.promise);

  async function attempt(run: (arena: A) => Promise<void>): Promise<void> {
    try {
      arena ??= options.open();
      await run(await arena);
    } catch (error) {
      await close().catch(() => undefined); // the first error is the one that tells
      throw error;
    }
  }

  async function close(): Promise<void> {
    const open = arena;
    arena = null;
    await (await open)?.close();
  }

  return async () => {
    for (const test of work) await test();
    await close().then(() => over.resolve(undefined), over.reject);
  };
}
