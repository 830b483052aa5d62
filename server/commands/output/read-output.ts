import { and, asc, eq, gte } from 'drizzle-orm';
import { z } from 'zod';
import { commandOutputs } from '../../../db/schema';
import { AppError } from '../../errors';
import type { SignedIn } from '../../trpc';
import { findRun } from '../runs/find-runs';

const outputOf = z.object({ commandId: z.uuid(), hostId: z.uuid() });

export const outputFile = outputOf.extend({
  stream: z.enum(['stdout', 'stderr']).optional().meta({ description: 'One of the two. Both when left out.' }),
});

/** `from`: the end of a piece that was read before. */
export const outputQuery = outputOf.extend({ from: z.int().min(0).default(0) });

/** Pieces of one statement; each has 96 KiB at most. */
const A_READ = 16;

/** Bytes of one answer, but for its last piece. */
const AN_ANSWER = 128 * 1024;

/** A piece of a run's output. What is missing before it was too much to keep. */
export interface OutputPiece {
  offset: number;
  stream: 'stdout' | 'stderr';
  /** Base64. */
  data: string;
}

/**
 * What a run has written from there on, in the order in which it was written, as far as one answer goes.
 * @returns `next`: from where there is more, or null. Throws `command.run_not_found`
 */
export async function findOutput(ctx: SignedIn, { from, ...run }: z.infer<typeof outputQuery>) {
  await findRun(ctx, run);
  const stored = await readPieces(ctx, { ...run, from });
  const pieces: OutputPiece[] = [];
  let bytes = 0;
  let next = from;
  for (const { bytes: data, ...piece } of stored) {
    if (bytes >= AN_ANSWER) return { pieces, next };
    pieces.push({ ...piece, data: data.toString('base64') });
    bytes += data.length;
    next = piece.offset + data.length;
  }
  return { pieces, next: stored.length < A_READ ? null : next };
}

/**
 * All that is kept of what a run has written until now, as bytes: nothing but what its machine wrote. Throws
 * `command.run_not_found`, and `request.method` where nothing would hold the pieces up.
 */
export async function streamOutput(ctx: SignedIn, asked: z.infer<typeof outputFile>) {
  if (!ctx.isDownload) throw new AppError('request.method');
  await findRun(ctx, asked);
  return readAll(ctx, asked);
}

async function* readAll(ctx: SignedIn, { stream, ...run }: z.infer<typeof outputFile>): AsyncGenerator<Buffer, void> {
  for (let from = 0; ;) {
    const pieces = await readPieces(ctx, { ...run, stream, from });
    for (const { offset, bytes } of pieces) {
      yield bytes;
      from = offset + bytes.length;
    }
    if (pieces.length < A_READ) return;
  }
}

function readPieces(
  { db }: SignedIn,
  { commandId, hostId, stream, from }: z.infer<typeof outputFile> & { from: number },
) {
  return db
    .select({ offset: commandOutputs.offset, stream: commandOutputs.stream, bytes: commandOutputs.bytes })
    .from(commandOutputs)
    .where(
      and(
        eq(commandOutputs.commandId, commandId),
        eq(commandOutputs.hostId, hostId),
        gte(commandOutputs.offset, from),
        stream && eq(commandOutputs.stream, stream),
      ),
    )
    .orderBy(asc(commandOutputs.offset))
    .limit(A_READ);
}
