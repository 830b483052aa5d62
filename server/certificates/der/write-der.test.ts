import fc from 'fast-check';
import { expect, test } from 'vitest';
import { elements } from './der';
import { element, enumerated, integer, namedBits, objectIdentifier, sequence, time } from './write-der';

const hex = (der: Buffer) => der.toString('hex');

test.each([
  [0, '0400'],
  [127, '047f'],
  [128, '048180'],
  [255, '0481ff'],
  [256, '04820100'],
  [65_535, '0482ffff'],
  [65_536, '0483010000'],
])('a length of %i is as short as can be', (length, header) => {
  const der = element(0x04, Buffer.alloc(length));
  expect(hex(der.subarray(0, header.length / 2))).toBe(header);
  expect(der).toHaveLength(header.length / 2 + length);
});

test.each([
  [0, '020100'],
  [127, '02017f'],
  [128, '02020080'],
  [256, '02020100'],
  [Number.MAX_SAFE_INTEGER, '02071fffffffffffff'],
])('the number %i', (value, der) => {
  expect(hex(integer(value))).toBe(der);
});

test.each([-1, 0.5, 2 ** 53, NaN])('%d is no number for DER', (value) => {
  expect(() => integer(value)).toThrow(RangeError);
});

test('bytes are a number that is never negative and has no needless zeros', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 20 }), (bytes) => {
      const [read] = elements(integer(bytes));
      const digits = Buffer.from(bytes).toString('hex');
      expect(BigInt(`0x${read!.content.toString('hex')}`)).toBe(BigInt(`0x${digits}`));
      expect(read!.content[0]! & 0x80).toBe(0);
      expect(read!.content.length === 1 || read!.content.readUInt16BE() >= 0x80).toBe(true);
    }),
  );
});

// The first is the example of X.690, 8.19.5.
test.each([
  ['2.999.3', '0603883703'],
  ['1.2.840.10045.4.3.2', '06082a8648ce3d040302'],
  ['2.5.29.15', '0603551d0f'],
  ['0.9.2342.19200300.100.1.25', '060a0992268993f22c640119'],
])('the object identifier %s', (dotted, der) => {
  expect(hex(objectIdentifier(dotted))).toBe(der);
});

test.each(['', '1', '1.40.1', '3.1', '1.02', '1..2', '1.2.', '1.-2', '1.2.1e3', '1.2.9999999999'])(
  '"%s" is no object identifier',
  (dotted) => {
    expect(() => objectIdentifier(dotted)).toThrow(RangeError);
  },
);

test.each([
  ['1950-01-01T00:00:00Z', '500101000000Z'],
  ['2049-12-31T23:59:59.999Z', '491231235959Z'],
  ['2050-01-01T00:00:00Z', '20500101000000Z'],
  ['9999-12-31T23:59:59Z', '99991231235959Z'],
])('%s, in whole seconds', (instant, text) => {
  const [read] = elements(time(new Date(instant)));
  expect(read!.content.toString()).toBe(text);
  expect(read!.tag).toBe(text.length === 13 ? 0x17 : 0x18);
});

test.each(['1949-12-31T23:59:59Z', '+010000-01-01T00:00:00Z', 'no date'])('%s cannot be written', (instant) => {
  expect(() => time(new Date(instant))).toThrow(RangeError);
});

test('named bits end with a bit that is set', () => {
  expect(hex(namedBits(0))).toBe('03020780');
  expect(hex(namedBits(5, 6))).toBe('03020106');
  expect(hex(namedBits(0, 8))).toBe('0303078080');
});

test('other elements', () => {
  expect(hex(enumerated(9))).toBe('0a0109');
  expect(hex(sequence(integer(1), sequence()))).toBe('30050201013000');
});

test('what is written is read: one element with the tag and the content it was given', () => {
  fc.assert(
    fc.property(fc.nat(30), fc.uint8Array({ maxLength: 70_000 }), (tag, bytes) => {
      fc.pre(bytes.length <= 65_535);
      const der = element(tag, bytes.subarray(0, 7), bytes.subarray(7));
      expect(elements(der)).toEqual([{ tag, content: Buffer.from(bytes), whole: der }]);
    }),
  );
});
