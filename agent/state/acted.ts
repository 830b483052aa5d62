import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { wireWords } from '../wire-words';
import { FILES } from './open-folder';
import { MODE, replaceFile } from './write-file';

/** SHA-256 of a public key (DER SubjectPublicKeyInfo), hex. */
const key = z.string().regex(/^[0-9a-f]{64}$/);

const actedFile = z.object({
  /** The request, as the server names it, that a key was made for. */
  renew: z.object({ request: z.string(), key }).optional(),
  /** The key that this machine is to set aside, because another machine has it too. */
  split: z.object({ key }).optional(),
  /** The last configuration that was tried, and what came of it. `applying` is not over yet. */
  configuration: z
    .object({
      hash: z.string(),
      request: z.string().optional(),
      status: z.enum(['applying', 'applied', 'failed', 'rolled_back']),
      message: z.string(),
      said: wireWords.optional().catch(undefined),
      /** Of the agent that says so. Since 2026-11-30. */
      version: z.string().optional(),
    })
    .optional(),
});
export type ActedFile = z.infer<typeof actedFile>;

/**
 * What this machine has begun because the server asked for it. It is written before the act, so that an agent that was
 * stopped on the way neither does a thing twice nor forgets it.
 */
export interface Acted {
  get<Kind extends keyof ActedFile>(kind: Kind): ActedFile[Kind];
  /** Durable when it returns. Throws the system's error when it cannot be written. */
  set<Kind extends keyof ActedFile>(kind: Kind, what: ActedFile[Kind]): void;
}

export const nameOfKey = ({ publicKeyDer }: { publicKeyDer: Buffer }) =>
  createHash('sha256').update(publicKeyDer).digest('hex');

export function openActed(folder: string): Acted {
  const path = join(folder, FILES.acted);
  const read = (): ActedFile => {
    try {
      return actedFile.parse(JSON.parse(readFileSync(path, 'utf8')));
    } catch {
      // Absent, or damaged: what was asked for is then begun again, which does no harm.
      return {};
    }
  };
  return {
    get: (kind) => read()[kind],
    set(kind, what) {
      const acted = read();
      if (acted[kind] === what) return;
      replaceFile(path, `${JSON.stringify({ ...acted, [kind]: what })}\n`, MODE.open);
    },
  };
}
