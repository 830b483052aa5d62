import type { OutputPiece } from '../command-types';

/** Output of one stream without a gap in it. `start` and `end` are offsets. */
export interface Segment {
  stream: OutputPiece['stream'];
  start: number;
  end: number;
  text: string;
}

interface Piece {
  stream: OutputPiece['stream'];
  offset: number;
  bytes: Uint8Array;
}

/** What a page knows of a run's output: pieces by their offset. */
export type Known = ReadonlyMap<number, Piece>;

const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

/** With these as well. Those that are known already change nothing. */
export function withPieces(known: Known, pieces: readonly OutputPiece[]): Known {
  const news = pieces.filter(({ offset }) => !known.has(offset));
  if (news.length === 0) return known;
  const all = new Map(known);
  for (const { offset, stream, data } of news) all.set(offset, { offset, stream, bytes: bytesOf(data) });
  return all;
}

/** Up to where nothing is missing that was told of, from `from` on, which is the end of a piece or 0. */
export function contiguousEnd(known: Known, from: number): number {
  for (let piece; (piece = known.get(from));) from += piece.bytes.length;
  return from;
}

/** In the order in which it was written. Bytes that are no UTF-8 are shown as such. */
export function segmentsOf(known: Known): Segment[] {
  const segments: (Omit<Segment, 'text'> & { parts: Uint8Array[] })[] = [];
  for (const { stream, offset, bytes } of [...known.values()].sort((a, b) => a.offset - b.offset)) {
    const last = segments.at(-1);
    const end = offset + bytes.length;
    if (last?.stream === stream && last.end === offset) {
      last.parts.push(bytes);
      last.end = end;
    } else segments.push({ stream, start: offset, end, parts: [bytes] });
  }
  // A character may be cut between two pieces: they are read as one.
  return segments.map(({ parts, ...segment }) => ({ ...segment, text: decode(parts) }));
}

function decode(parts: readonly Uint8Array[]): string {
  const decoder = new TextDecoder();
  return parts.map((part) => decoder.decode(part, { stream: true })).join('') + decoder.decode();
}
