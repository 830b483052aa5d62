import { pathToFileURL } from 'node:url';

/** Given by server/process/run-compiled.ts: a program that V8 has compiled before cannot import by itself. */
declare const IMPORT: ((address: string) => Promise<unknown>) | undefined;

/** The module in a file that is in no bundle. */
export function importFile(file: string): Promise<unknown> {
  const address = pathToFileURL(file).href;
  return typeof IMPORT === 'function' ? IMPORT(address) : import(/* @vite-ignore */ address);
}
