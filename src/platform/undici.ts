// The package as a whole also loads fetch, WebSocket, caches and mocks: some ten megabytes that the daemon would carry for nothing.
import { createRequire } from 'node:module';
import type * as undici from 'undici';

const require = createRequire(import.meta.url);

export const Pool = require('undici/lib/dispatcher/pool.js') as typeof undici.Pool;
export type Pool = undici.Pool;

export const buildConnector = require('undici/lib/core/connect.js') as typeof undici.buildConnector;
/** For a proxy: its CONNECT is not among what the parts bring. */
export const whole = (): typeof undici => require('undici') as typeof undici;

/** Makes one connection and hands it over. */
export type Connect = undici.buildConnector.connector;
export type BuildOptions = undici.buildConnector.BuildOptions;
