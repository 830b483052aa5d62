import { hash } from 'node:crypto';
import type { Disk } from './disk';

/** Which stream, offset, length, and four bytes of the SHA-256 of what follows. */
const HEADER_BYTES = 15;
const MARK = { stdout: 0xb1, stderr: 0xb2 } as const;
/** What is longer is kept in several pieces, so that reading one never takes much memory. */
const MAX_PIECE_BYTES = 32 * 1024;

export type Stream = keyof typeof MARK;

export interface Piece {
  stream: Stream;
  /** Of its first byte, in all that the run has written. */
  offset: number;
  bytes: Buffer;
}

/**
 * What a run has written, on disk, until the server has it: the first half of the bound in one file, and from then on
 * in two others in turn. The one that is begun anew is cut, so that at least the last half of the bound is always
 * there.
 */
export interface Spool {
  /** Bytes written in all, kept or not. */
  readonly total: number;
  /** All before it is the server's. */
  readonly acknowledged: number;
  /** All that is kept of the beginning is the server's: what is written now may be dropped again before it is sent. */
  readonly isPastHead: boolean;
  /** Never throws: bytes that the disk does not take are lost, and are a gap. Returns whether all were taken. */
  append(stream: Stream, bytes: Buffer): boolean;
  /** What was appended is durable when it returns. Throws the system's error. */
  sync(): void;
  /**
   * The next pieces that the server does not have, adjacent ones of a stream made one. Whoever has them has all up to
   * the offset `upTo` that is to be had. What cannot be read any more is a gap.
   */
  next(maxBytes: number, maxPieces: number): { pieces: Piece[]; upTo: number };
  /** The server has all up to this offset that is to be had. */
  acknowledge(offset: number): void;
  remove(): void;
}

interface SpoolFile {
  name: string;
  /** Of the file. */
  bytes: number;
  /** Offsets of the run's output. */
  from: number;
  to: number;
  /** Not synced yet. */
  isDirty: boolean;
}

/** Opens what an earlier process left of the run, or begins it. */
export function openSpool(disk: Disk, runId: string, boundBytes: number): Spool {
  const half = Math.floor(boundBytes / 2);
  const open = (part: string): SpoolFile => readFile(disk, `${runId}.${part}`);
  const [head, ...tails] = [open('head'), open('tail0'), open('tail1')] as const;
  const files = [head, ...tails];
  let tail = tails[0].to > tails[1].to ? tails[0] : tails[1];
  let total = Math.max(...files.map(({ to }) => to));
  let acknowledged = 0;
  /** Where the first byte that is not acknowledged may be looked for, and where the last `next` stopped. */
  let cursor = { file: head, position: 0, generation: 0 };
  let reached = { ...cursor, offset: 0 };
  /** How often a file was begun anew. */
  let generation = 0;

  const room = (file: SpoolFile) => half - file.bytes - HEADER_BYTES;
  const begin = (file: SpoolFile) => {
    generation++;
    Object.assign(file, { bytes: 0, from: total, to: total, isDirty: true });
    return file;
  };
  const fileFor = (): SpoolFile | null => {
    // The head has one piece after the other; where it stops, it stops for good.
    const isHead = tails.every(({ bytes }) => bytes === 0) && (head.bytes === 0 || head.to === total);
    if (isHead && room(head) > 0) return head;
    if (tail.bytes > 0 && room(tail) > 0) return tail;
    tail = begin(tails.find((file) => file !== tail)!);
    return room(tail) > 0 ? tail : null;
  };
  const append = (stream: Stream, bytes: Buffer): boolean => {
    let isKept = true;
    for (let left = bytes; left.length > 0;) {
      const file = fileFor();
      const piece = left.subarray(0, file ? Math.min(room(file), MAX_PIECE_BYTES) : left.length);
      left = left.subarray(piece.length);
      const offset = total;
      total += piece.length;
      try {
        if (!file) throw new Error('nothing is to be kept');
        disk.writeAt(file.name, file.bytes, encode({ stream, offset, bytes: piece }));
        if (file.bytes === 0) file.from = offset;
        file.bytes += HEADER_BYTES + piece.length;
        file.to = total;
        file.isDirty = true;
      } catch {
        // Torn, perhaps: the next one is written over it.
        isKept = false;
      }
    }
    return isKept;
  };

  return {
    get total() {
      return total;
    },
    get acknowledged() {
      return acknowledged;
    },
    get isPastHead() {
      return tails.some(({ bytes }) => bytes > 0) && acknowledged >= head.to;
    },
    append,
    sync() {
      for (const file of files) {
        if (!file.isDirty || file.bytes === 0) continue;
        disk.sync(file.name);
        file.isDirty = false;
      }
    },
    next(maxBytes, maxPieces) {
      const pieces: Piece[] = [];
      let left = maxBytes;
      const ordered = files.filter(({ bytes, to }) => bytes > 0 && to > acknowledged).sort((a, b) => a.from - b.from);
      for (const file of ordered) {
        let position = cursor.file === file && cursor.generation === generation ? cursor.position : 0;
        while (position < file.bytes) {
          const piece = readPiece(disk, file, position);
          if (!piece) break;
          const known = Math.max(0, acknowledged - piece.offset);
          const bytes = piece.bytes.subarray(known, known + left);
          if (bytes.length > 0) {
            const offset = piece.offset + known;
            if (!add(pieces, { stream: piece.stream, offset, bytes }, maxPieces))
              return { pieces, upTo: reached.offset };
            left -= bytes.length;
            reached = { file, position, generation, offset: offset + bytes.length };
          }
          if (known + bytes.length < piece.bytes.length) return { pieces, upTo: reached.offset };
          position += HEADER_BYTES + piece.bytes.length;
        }
      }
      return { pieces, upTo: total };
    },
    acknowledge(offset) {
      acknowledged = Math.max(acknowledged, offset);
      if (reached.offset === offset) cursor = reached;
    },
    remove() {
      for (const file of files) disk.remove(file.name);
    },
  };
}

/** Whose output is in a folder, by the names of its files. */
export const spooledRuns = (disk: Disk): string[] => [
  ...new Set(disk.list().flatMap((name) => /^(.*)\.(?:head|tail[01])$/.exec(name)?.[1] ?? [])),
];

/** Returns false when it would be one too many. */
function add(pieces: Piece[], piece: Piece, max: number): boolean {
  const last = pieces.at(-1);
  if (last?.stream === piece.stream && last.offset + last.bytes.length === piece.offset) {
    last.bytes = Buffer.concat([last.bytes, piece.bytes]);
    return true;
  }
  return pieces.length < max && pieces.push(piece) > 0;
}

function encode({ stream, offset, bytes }: Piece): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(MARK[stream], 0);
  header.writeUIntBE(offset, 1, 6);
  header.writeUInt32BE(bytes.length, 7);
  hash('sha256', bytes, 'buffer').copy(header, 11, 0, 4);
  return Buffer.concat([header, bytes]);
}

/** The piece that begins there; null when there is none, or not all of it. */
function decode(read: Buffer): Piece | null {
  if (read.length < HEADER_BYTES) return null;
  const stream = read[0] === MARK.stdout ? 'stdout' : read[0] === MARK.stderr ? 'stderr' : null;
  const length = read.readUInt32BE(7);
  if (!stream || length > read.length - HEADER_BYTES) return null;
  const bytes = read.subarray(HEADER_BYTES, HEADER_BYTES + length);
  const isIntact = hash('sha256', bytes, 'buffer').subarray(0, 4).equals(read.subarray(11, HEADER_BYTES));
  return isIntact ? { stream, offset: read.readUIntBE(1, 6), bytes } : null;
}

function readPiece(disk: Disk, { name }: SpoolFile, position: number): Piece | null {
  try {
    return decode(disk.readAt(name, position, HEADER_BYTES + MAX_PIECE_BYTES));
  } catch {
    return null;
  }
}

/** Up to the first piece that is torn. */
function readFile(disk: Disk, name: string): SpoolFile {
  const content = disk.read(name) ?? Buffer.alloc(0);
  const file: SpoolFile = { name, bytes: 0, from: 0, to: 0, isDirty: false };
  // An agent that was killed may have written it and not synced it.
  file.isDirty = content.length > 0;
  for (let piece; (piece = decode(content.subarray(file.bytes)));) {
    if (file.bytes === 0) file.from = piece.offset;
    file.to = piece.offset + piece.bytes.length;
    file.bytes += HEADER_BYTES + piece.bytes.length;
  }
  return file;
}
