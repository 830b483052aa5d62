import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, FatalError } from './process/exit-codes';
import { openIdentity, type Identity } from './identity';
import { lockIdentity } from './state/lock';
import { FILES } from './state/open-folder';
import { saidBy } from '../words/said-error';
import { words } from '../words/words';

/**
 * Makes this machine a new one: its key and certificate, which another machine has too, are set aside under names that
 * end in the time, and it gets a key of its own. Nothing is deleted; a person may look, or undo it.
 * Throws FatalError STATE. Stopped half-way, the next start goes on: a certificate for another key is not used.
 */
export async function becomeAnother(
  folder: string,
  now = new Date(),
): Promise<{ identity: Identity; setAside: string }> {
  const setAside = `split-${now.toISOString().replace(/[-:]|\.\d+/g, '')}`;
  try {
    // What a renewal has begun before the present pair: alone, it would be taken for the pair to connect with. Each key
    // before its certificate: it is what the two machines share.
    for (const name of [FILES.nextKey, FILES.nextCertificate, FILES.key, FILES.certificate]) {
      if (existsSync(join(folder, name))) renameSync(join(folder, name), join(folder, `${name}.${setAside}`));
    }
  } catch (error) {
    throw new FatalError(EXIT.STATE, words('agent.state.not_aside', { folder, reason: saidBy(error) }));
  }
  const identity = openIdentity(folder);
  await lockIdentity(folder, identity.privateKeyPem);
  return { identity, setAside };
}
