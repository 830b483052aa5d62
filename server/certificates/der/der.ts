/** A tag, length and value of DER (ITU-T X.690): all three, and the value alone. Both share the input's memory. */
export interface DerElement {
  tag: number;
  content: Buffer;
  whole: Buffer;
}

/**
 * Splits DER into the elements that follow one another, not descending into them.
 * @throws RangeError when a length is indefinite, longer than need be, over 65,535 or past the end, or a tag has more
 * than one byte
 */
export function elements(der: Buffer): DerElement[] {
  const found: DerElement[] = [];
  let at = 0;
  while (at < der.length) {
    const tag = der.readUInt8(at);
    if ((tag & 0x1f) === 0x1f) throw new RangeError('DER tag of more than one byte');
    const { start, end } = extent(der, at + 1);
    found.push({ tag, content: der.subarray(start, end), whole: der.subarray(at, end) });
    at = end;
  }
  return found;
}

function extent(der: Buffer, at: number): { start: number; end: number } {
  const first = der.readUInt8(at);
  const bytes = first < 0x80 ? 0 : first & 0x7f;
  if (first >= 0x80 && bytes !== 1 && bytes !== 2) throw new RangeError('DER length of unsupported form');
  const length = bytes === 0 ? first : der.readUIntBE(at + 1, bytes);
  if (length < [0, 0x80, 0x100][bytes]!) throw new RangeError('DER length longer than need be');
  const start = at + 1 + bytes;
  if (start + length > der.length) throw new RangeError('DER element past the end');
  return { start, end: start + length };
}
