import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { Dumped } from '../../db/dump/dump-rows';
import { ArchiveError, openArchive, sealArchive } from './seal-archive';
import { words } from '../../words/words';

/** What lies beside the database. Keys are plain in here: the archive is what encrypts them. */
export type KeptFile = 'ca.crt' | 'ca.key' | 'secret' | 'settings';

/** What an archive consists of, a line each, in this order. */
export type Part =
  /** `at` is ISO 8601, `settings` where the configuration's file was. */
  | { kind: 'manifest'; format: 1; version: string; at: string; settings: string | null }
  | { kind: 'file'; name: KeptFile; text: string }
  | Dumped;

/** Writes an archive that only its owner can read. It has its name once it is whole; a former one is replaced then. */
export async function writeArchive(path: string, passphrase: string, parts: AsyncIterable<Part>): Promise<void> {
  const unfinished = `${path}.new`;
  await rm(unfinished, { force: true });
  try {
    const file = createWriteStream(unfinished, { flags: 'wx', mode: 0o600, flush: true });
    const seal = (compressed: AsyncIterable<Uint8Array>) => sealArchive(compressed, passphrase);
    await pipeline(Readable.from(linesOf(parts)), createGzip(), seal, file);
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

async function* linesOf(parts: AsyncIterable<Part>): AsyncGenerator<string> {
  for await (const part of parts) yield lineOf(part);
}

/** Readers of lines end one at U+2028 and U+2029, too, which JSON leaves as they are. */
export const lineOf = (part: Part) =>
  `${JSON.stringify(part).replace(/[\u2028\u2029]/g, (end) => (end === '\u2028' ? '\\u2028' : '\\u2029'))}\n`;

/** @throws ArchiveError, before anything of a part that is not authentic is given out */
export async function* readArchive(path: string, passphrase: string): AsyncGenerator<Part> {
  yield* readParts(openArchive(createReadStream(path), passphrase));
}

/** Parts from compressed lines. */
export async function* readParts<P = Part>(compressed: AsyncIterable<Uint8Array>): AsyncGenerator<P> {
  const source = Readable.from(compressed);
  const lines = createGunzip();
  const failed = new Promise<never>((_resolve, reject) => {
    source.once('error', reject);
    lines.once('error', (cause) => reject(new ArchiveError(words('server.archive.damaged'), { cause })));
  });
  failed.catch(() => undefined); // told below
  source.pipe(lines);
  const reader = createInterface({ input: lines, crlfDelay: Infinity })[Symbol.asyncIterator]();
  for (;;) {
    const next = await Promise.race([reader.next(), failed]);
    if (next.done) return;
    yield JSON.parse(next.value) as P;
  }
}
