/**
 * Writes DER, the one canonical spelling of ASN.1 (ITU-T X.690). Every function returns a whole element, its tag and
 * length included, ready to stand inside another. `der.ts` reads the same.
 */

/** An element of a tag of one byte, around the parts in their order. */
export function element(tag: number, ...parts: Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Buffer.from([tag, ...lengthBytes(length)]), ...parts]);
}

export const sequence = (...parts: Uint8Array[]) => element(0x30, ...parts);
export const set = (onlyMember: Uint8Array) => element(0x31, onlyMember);
export const octetString = (content: Uint8Array) => element(0x04, content);
export const utf8String = (text: string) => element(0x0c, Buffer.from(text));
export const boolean = (value: boolean) => element(0x01, Buffer.of(value ? 0xff : 0x00));
export const enumerated = (value: number) => element(0x0a, minimal(bigEndian(value)));

/** A BIT STRING of whole bytes. */
export const bitString = (content: Uint8Array) => element(0x03, Buffer.of(0), content);

/** `[number]` around elements: EXPLICIT, or the IMPLICIT tag of something that has parts. */
export const tagged = (number: number, ...parts: Uint8Array[]) => element(0xa0 | number, ...parts);

/** `[number] IMPLICIT` in place of the tag of something that has no parts, a string say. */
export const taggedValue = (number: number, content: Uint8Array) => element(0x80 | number, content);

/** A number that is not negative: a safe integer, or big-endian bytes of which needless zeros are dropped. */
export function integer(value: number | Uint8Array): Buffer {
  return element(0x02, minimal(typeof value === 'number' ? bigEndian(value) : value));
}

/** The BIT STRING of named bits (X.680, 22.7), in which DER forbids zero bits at the end. */
export function namedBits(...numbers: number[]): Buffer {
  const last = Math.max(...numbers);
  const bytes = Buffer.alloc((last >> 3) + 1);
  for (const number of numbers) bytes[number >> 3]! |= 0x80 >> (number & 7);
  return element(0x03, Buffer.of(7 - (last & 7)), bytes);
}

/** From its dotted form. @throws RangeError when that is no object identifier */
export function objectIdentifier(dotted: string): Buffer {
  const [first, second, ...others] = dotted.split('.').map(Number);
  const isOne = /^[012](\.(0|[1-9]\d{0,8}))+$/.test(dotted) && (first === 2 || second! < 40);
  if (!isOne) throw new RangeError(`not an object identifier: ${dotted}`);
  return element(0x06, Buffer.from([first! * 40 + second!, ...others].flatMap(base128)));
}

/** RFC 5280, 4.1.2.5: UTCTime through 2049, GeneralizedTime after. Fractions of a second are cut. @throws RangeError */
export function time(instant: Date): Buffer {
  const year = instant.getUTCFullYear();
  // Also true of an invalid date.
  if (!(year >= 1950 && year <= 9999)) throw new RangeError('a certificate knows the years 1950 to 9999 only');
  const text = instant.toISOString().replace(/\.\d+|[-:T]/g, '');
  return year < 2050 ? element(0x17, Buffer.from(text.slice(2))) : element(0x18, Buffer.from(text));
}

function lengthBytes(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes = bigEndian(length);
  return [0x80 | bytes.length, ...bytes];
}

function bigEndian(value: number): Buffer {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not a number for DER: ${value}`);
  const hex = value.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
}

/** Two's complement in as few bytes as it takes (X.690, 8.3.2), the first bit 0 because nothing here is negative. */
function minimal(bytes: Uint8Array): Uint8Array {
  const start = bytes.findIndex((byte) => byte !== 0);
  if (start === -1) return Buffer.of(0);
  return bytes[start]! < 0x80 ? bytes.subarray(start) : Buffer.concat([Buffer.of(0), bytes.subarray(start)]);
}

function base128(arc: number): number[] {
  const bytes = [arc & 0x7f];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift(0x80 | (rest & 0x7f));
  return bytes;
}
