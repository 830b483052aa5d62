import { verify } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Authority } from '../certificates/authority/authority';
import { CommandError } from '../process/command-error';
import { words, type Said } from '../../words/words';

/** What the chain was at an instant, signed by the CA: whoever has `ca.crt` can tell, without any secret of ours. */
const checkpoint = z.strictObject({
  sequence: z.number().int().min(1),
  /** The seal of that record, hex. */
  mac: z.string().regex(/^[0-9a-f]{64}$/),
  /** ISO 8601. */
  at: z.iso.datetime(),
  /** The pin of the CA. */
  authority: z.string(),
  /** ECDSA P-256 with SHA-256 over `statement`, DER in base64. */
  signature: z.base64(),
});
type Checkpoint = z.infer<typeof checkpoint>;

/** EX_DATAERR of sysexits.h. */
const EX_DATAERR = 65;

/** A file of checkpoints cannot be used. */
export class CheckpointError extends CommandError {
  constructor(said: Said) {
    super(said, EX_DATAERR);
  }
}

/** A certificate's DER begins with 0x30, `0`: no signature over this text is one over a certificate. */
const statement = ({ sequence, mac, at }: Omit<Checkpoint, 'authority' | 'signature'>) =>
  Buffer.from(`sysmanage audit checkpoint 1\n${sequence}\n${mac}\n${at}\n`);

/**
 * The seals that a file of checkpoints, one a line, has seen, by number. A file that is not there yet has seen none.
 * @throws CheckpointError when a line is none of ours
 */
export async function readCheckpoints(
  path: string,
  { anchors }: Pick<Authority, 'anchors'>,
): Promise<Map<number, string>> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const seen = new Map<number, string>();
  for (const [i, line] of text.split('\n').entries()) {
    if (line === '') continue;
    const where = words('server.checkpoint.line', { path, line: String(i + 1) });
    const parsed = checkpoint.safeParse(readJson(line));
    if (!parsed.success) throw new CheckpointError(words('server.checkpoint.none', { where }));
    const { authority, signature, ...said } = parsed.data;
    const anchor = anchors.find(({ pin }) => pin === authority);
    if (!anchor) throw new CheckpointError(words('server.checkpoint.of_former_ca', { where }));
    const isOurs = verify(
      'sha256',
      statement(said),
      { key: anchor.publicKey, dsaEncoding: 'der' },
      Buffer.from(signature, 'base64'),
    );
    if (!isOurs) throw new CheckpointError(words('server.checkpoint.changed', { where }));
    if (seen.has(said.sequence) && seen.get(said.sequence) !== said.mac)
      throw new CheckpointError(words('server.checkpoint.contradicts', { where }));
    seen.set(said.sequence, said.mac);
  }
  return seen;
}

/**
 * Adds a line, also behind one without an end. An empty log has nothing to note: returns whether there was something.
 */
export async function appendCheckpoint(
  path: string,
  { signing, pin }: Pick<Authority, 'signing' | 'pin'>,
  head: { sequence: number; mac: string },
  now = new Date(),
): Promise<boolean> {
  if (head.sequence === 0) return false;
  const said = { ...head, at: now.toISOString() };
  const line: Checkpoint = { ...said, authority: pin, signature: signing.sign(statement(said)).toString('base64') };
  const file = await open(path, 'a+');
  try {
    const { size } = await file.stat();
    const { buffer: last, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
    await file.appendFile(`${bytesRead > 0 && last.toString() !== '\n' ? '\n' : ''}${JSON.stringify(line)}\n`);
  } finally {
    await file.close();
  }
  return true;
}

function readJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
