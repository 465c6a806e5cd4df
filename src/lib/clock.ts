/** Time as the process sees it; injected, so that tests can move it. */
export interface Clock {
  /** Milliseconds since 1970, may jump. */
  wall(): number;
  /** Milliseconds from an arbitrary start, never goes back. */
  mono(): number;
}

export const systemClock: Clock = {
  wall: () => Date.now(),
  mono: () => performance.now(),
};
