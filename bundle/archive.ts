import { createWriteStream } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as tar from 'tar';
import { ZipFile } from 'yazl';
import { filesIn } from './stage.ts';

/** Packs the folder, under its own name, as `….tar.gz`. */
export async function packTar(folder: string, file: string): Promise<void> {
  await tar.c({ file, cwd: dirname(folder), gzip: { level: 9 }, portable: true }, [basename(folder)]);
}

/** The same as `….zip`. */
export async function packZip(folder: string, file: string): Promise<void> {
  const zip = new ZipFile();
  for (const each of filesIn(folder)) zip.addFile(join(folder, each), `${basename(folder)}/${each}`);
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(file));
}
