import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Io } from './io.ts';

/** One line from the terminal, of which nothing is shown. */
export async function askHidden({ stdin, err }: Io, prompt: string): Promise<string> {
  err(prompt);
  const nowhere = new Writable({ write: (_chunk, _encoding, next) => next() });
  const reader = createInterface({ input: stdin, output: nowhere, terminal: true });
  try {
    return await reader.question('');
  } finally {
    reader.close();
  }
}
