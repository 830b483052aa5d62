import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** What scanners for leaked secrets look for. */
const START = 'smk_';
const SECRET_BYTES = 32;

const isWhole = /^smk_[0-9a-f]{64}[0-9a-f]{8}$/;

/** `smk_`, 256 random bits and a CRC-32 of both, in hex: 76 characters. */
export function makeKey(): string {
  const body = START + randomBytes(SECRET_BYTES).toString('hex');
  return body + checksum(body);
}

/** Whether it means to be a key. A JWT never begins like this. */
export const looksLikeKey = (text: string) => text.startsWith(START);

/** Whether it can be a key: a typing mistake or half a key is told without asking the database. */
export const isKey = (text: string) => isWhole.test(text) && checksum(text.slice(0, -8)) === text.slice(-8);

/** What is shown of a key after it was made. */
export const prefixOf = (key: string) => key.slice(0, START.length + 8);

export const hashKey = (key: string) => createHash('sha256').update(key).digest('hex');

const checksum = (text: string) => crc32(text).toString(16).padStart(8, '0');
