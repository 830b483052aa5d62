import { Retry } from './backoff';
import { becomeAnother } from './become-another';
import { readCertificate } from './certificate';
import { createFactReader } from './collect/machine';
import { Measurer } from './collect/measurer';
import { createSampler } from './collect/sample';
import { enroll } from './enroll';
import { FatalError } from './exit-codes';
import { explainFailure } from './explain-failure';
import type { Identity } from './identity';
import { createInboxMemory } from './inbox';
import type { Log } from './log';
import { stayConnected } from './stay-connected';
import { establishTrust, type Trust, type TrustRequest } from './trust/establish-trust';
import { createLook } from './watch-changes';

export interface Run extends TrustRequest {
  identity: Identity;
  /** End as soon as this machine has its certificate. */
  once: boolean;
  log: Log;
  random?: () => number;
}

/**
 * The agent's whole life: decide whether the server is ours, enrol unless that is done, stay connected, and enrol again
 * when the server refuses us, with a new key when ours is another machine's. Resolves under `once`; otherwise rejects, with the signal's reason or a FatalError.
 */
export async function run(agent: Run): Promise<void> {
  const { folder, server, once, log, signal } = agent;
  let { identity } = agent;
  const trust = await trustPatiently(agent);
  const measurer = new Measurer(log);
  const readFacts = createFactReader(measurer);
  const machine = { readFacts, takeSample: createSampler(measurer), look: createLook(measurer) };
  const retry = new Retry(agent);
  let memory = createInboxMemory();

  let certificate = readCertificate(folder, identity, trust.authorities);
  for (;;) {
    certificate ??= await enroll({ ...agent, identity, trust, facts: await readFacts() });
    if (once) return;
    const credentials = { authorities: trust.authorities, certificate, privateKeyPem: identity.privateKeyPem };
    const { kind, why } = await stayConnected({ server, credentials, machine, memory, log, retry, signal });
    certificate = null;
    if (kind === 'split') {
      const { identity: own, setAside } = await becomeAnother(folder);
      identity = own;
      memory = createInboxMemory();
      log.warn(`${why}; the old key is kept as *.${setAside}, and this machine enrols anew with one of its own`);
      continue;
    }
    // Without a pause, a server that approves us and then refuses its own certificate would be hammered.
    await retry.after(`${why}; this machine will ask for its standing`);
  }
}

/**
 * Waits for a server that is away. Only a wrong CA ends the agent: waiting would not mend it, and a person must look.
 */
async function trustPatiently(agent: Run): Promise<Trust> {
  const retry = new Retry(agent);
  for (;;) {
    try {
      return await establishTrust(agent);
    } catch (error) {
      if (error instanceof FatalError) throw error;
      agent.signal.throwIfAborted();
      await retry.after(explainFailure(error, agent.server));
    }
  }
}
