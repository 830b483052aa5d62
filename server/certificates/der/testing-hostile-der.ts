import fc from 'fast-check';
import { elements } from './der';
import { element } from './write-der';

const CONSTRUCTED = 0x20;
const SEQUENCE = 0x30;
const INTEGER = 0x02;

interface Node {
  tag: number;
  content: Buffer;
  parts: Node[];
}

function parse(der: Buffer): Node[] {
  return elements(der).map(({ tag, content }) => ({ tag, content, parts: tag & CONSTRUCTED ? parse(content) : [] }));
}

const all = (nodes: Node[]): Node[] => nodes.flatMap((node) => [node, ...all(node.parts)]);

/** An element as X.690 would have it, but for the octets of its length. */
const withLength = (tag: number, length: number[], content: Buffer) =>
  Buffer.concat([Buffer.of(tag, ...length), content]);
const lengthBytes = (length: number, bytes: number) =>
  Array.from({ length: bytes }, (_, at) => Math.floor(length / 256 ** (bytes - 1 - at)) % 256);

/** What is put in the place of one element. `amount` is any number, for those that come in many sizes. */
const mutations: Record<string, (tag: number, content: Buffer, amount: number) => Buffer> = {
  'a flipped bit': (tag, content, amount) => {
    if (content.length === 0) return element(tag ^ (1 << (amount % 5)), content);
    const bent = Buffer.from(content);
    bent[Math.floor(amount / 8) % bent.length]! ^= 1 << (amount % 8);
    return element(tag, bent);
  },
  'another tag': (tag, content, amount) => element((tag + 1 + (amount % 255)) % 256, content),
  'a tag of many bytes': (tag, content) => Buffer.concat([Buffer.of(tag | 0x1f, 0x81), element(0x01, content)]),
  'cut content': (tag, content, amount) => element(tag, content.subarray(0, amount % (content.length + 1))),
  'nothing at all': () => Buffer.alloc(0),
  'itself twice': (tag, content) => Buffer.concat([element(tag, content), element(tag, content)]),
  'something after it': (tag, content, amount) =>
    Buffer.concat([element(tag, content), Buffer.alloc(1 + (amount % 9))]),
  'something at its end': (tag, content) => element(tag, Buffer.concat([content, Buffer.of(5, 0)])),
  'a zero before it': (tag, content) => element(tag, Buffer.concat([Buffer.of(0), content])),
  'an indefinite length': (tag, content) => withLength(tag, [0x80], Buffer.concat([content, Buffer.alloc(2)])),
  'a longer length than need be': (tag, content, amount) => {
    const bytes = 1 + (amount % 8);
    // Of one byte it is the right form from 128 on.
    const padded = bytes === 1 && content.length >= 0x80 ? 3 : bytes;
    return withLength(tag, [0x80 + padded, ...lengthBytes(content.length, padded)], content);
  },
  'a length past the end': (tag, content, amount) => {
    const claimed = content.length + 1 + (amount % 60_000);
    return withLength(tag, [0x82, ...lengthBytes(claimed, 2)], content);
  },
  'a length of gigabytes': (tag, content) => withLength(tag, [0x84, 0x7f, 0xff, 0xff, 0xff], content),
  'a length of 127 bytes': (tag, content) => withLength(tag, [0xff, ...Array<number>(127).fill(0xff)], content),
  'deep nesting': (_tag, _content, amount) => nested(1 + (amount % 5_000)),
  'a huge integer': (_tag, _content, amount) => element(INTEGER, Buffer.alloc(1 + (amount % 60_000), 0xff)),
  'very many elements': (_tag, _content, amount) =>
    element(SEQUENCE, Buffer.alloc(2 * (1 + (amount % 30_000)), Buffer.of(5, 0))),
};

/** From the inside out, so that five thousand levels cost five thousand small copies and no recursion. */
function nested(levels: number): Buffer {
  let der: Buffer = Buffer.alloc(0);
  for (let level = 0; level < levels && der.length < 60_000; level++) der = element(SEQUENCE, der);
  return der;
}

/** The same structure with another thing in one place; what is around it has the length that it now has. */
function replaced(nodes: Node[], target: Node, other: Buffer): Buffer {
  return Buffer.concat(
    nodes.map((node) => {
      if (node === target) return other;
      return element(node.tag, node.parts.length > 0 ? replaced(node.parts, target, other) : node.content);
    }),
  );
}

/**
 * DER that was good and is hostile in one place, at any depth. Lengths around that place are mended: what refuses only
 * what does not add up on the outside would let it in. Never the good one itself.
 */
export function hostileDer(good: Buffer): fc.Arbitrary<{ what: string; der: Buffer }> {
  const nodes = parse(good);
  const places = all(nodes);
  return fc
    .tuple(fc.constantFrom(...Object.keys(mutations)), fc.nat(places.length - 1), fc.nat(2 ** 20))
    .map(([what, place, amount]) => {
      const target = places[place]!;
      return { what, der: replaced(nodes, target, mutations[what]!(target.tag, target.content, amount)) };
    })
    .filter(({ der }) => !der.equals(good));
}
