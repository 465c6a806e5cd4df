import { createHash } from 'node:crypto';

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Content-Security-Policy of a page of ours: its own style and script by their hashes, its own origin, and nothing else. */
export const ownPagePolicy = (style: string, script: string): string =>
  [
    "default-src 'none'",
    `style-src ${hashOf(style)}`,
    `script-src ${hashOf(script)}`,
    "connect-src 'self'",
    'img-src data:',
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** Attributes of an element whose text the page's script sets in the reader's language. */
export const both = (zh: string, en: string): string => `data-zh="${zh}" data-en="${en}"`;
