import { Retry } from './backoff';
import { createFactReader } from './collect/machine';
import { Measurer } from './collect/measurer';
import { createSampler } from './collect/sample';
import { enroll } from './enroll';
import { FatalError } from './exit-codes';
import { explainFailure } from './explain-failure';
import type { Identity } from './identity';
import { createInboxMemory } from './inbox';
import type { Log } from './log';
import { openPairs } from './pairs';
import { createRenewal } from './renewal';
import { extendLock } from './state/lock';
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
 * when the server refuses us. Resolves under `once`; otherwise rejects, with the signal's reason or a FatalError.
 */
export async function run(agent: Run): Promise<void> {
  const { folder, server, identity, once, log, signal } = agent;
  const trust = await trustPatiently(agent);
  const measurer = new Measurer(log);
  const readFacts = createFactReader(measurer);
  const machine = { readFacts, takeSample: createSampler(measurer), look: createLook(measurer) };
  const retry = new Retry(agent);
  const memory = createInboxMemory();

  const pairs = openPairs(folder, identity, trust.authorities);
  const locked = new Set([identity.privateKeyPem]);
  const fqdn = async () => (await readFacts()).fqdn;
  for (;;) {
    const pair = pairs.choose();
    if (!pair) await enroll({ ...agent, identity: pairs.enrolling(), trust, facts: await readFacts() });
    if (once) return;
    if (!pair) continue;
    const { certificate, identity: shown } = pair;
    // Before it can become the present key, by which a second agent would look for the lock.
    if (!locked.has(shown.privateKeyPem)) await extendLock(folder, shown.privateKeyPem);
    locked.add(shown.privateKeyPem);
    const credentials = { authorities: trust.authorities, certificate, privateKeyPem: shown.privateKeyPem };
    const onAccepted = () => pairs.accepted(pair);
    const renewal = createRenewal({ ...agent, pairs, fqdn });
    const why = await stayConnected({ server, credentials, machine, renewal, onAccepted, memory, log, retry, signal });
    if (why === null) {
      log.info('the certificate is renewed');
      continue;
    }
    pairs.refused(pair);
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
