import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';

/** By language (BCP 47), the texts by their key. */
type Languages = Record<string, Record<string, string>>;

/**
 * All but English, as JSON, compressed by Brotli, in base64: a program that is built holds them, so that an agent is
 * one file. `tools/build/builders.mjs` puts them here.
 */
declare const PACKED_LANGUAGES: string | undefined;

/** Unpacked for whoever asks for one of them alone: it takes 10 ms of an agent's start. */
export function otherLanguages(): Languages {
  if (typeof PACKED_LANGUAGES === 'string')
    return JSON.parse(brotliDecompressSync(Buffer.from(PACKED_LANGUAGES, 'base64')).toString()) as Languages;
  const folder = import.meta.dirname;
  const files = readdirSync(folder).filter((file) => /^[a-z]{2,3}(_\w+)?\.json$/.test(file) && file !== 'en.json');
  return Object.fromEntries(
    files.map((file) => [
      file.slice(0, -'.json'.length).replace('_', '-'),
      JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, string>,
    ]),
  );
}
