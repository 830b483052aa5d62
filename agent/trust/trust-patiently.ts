import { Retry } from '../connection/backoff';
import type { Proxy } from '../connection/proxy';
import { describeHop, type Hop } from '../connection/ways';
import { EXIT, FatalError } from '../process/exit-codes';
import { explainFailure } from '../process/explain-failure';
import type { Servers } from '../servers';
import { establishTrust, type Trust, type TrustRequest } from './establish-trust';

interface Trusting extends Omit<TrustRequest, 'server' | 'proxy'> {
  /** Its addresses were found, not named by a person. */
  isFound: boolean;
  random?: () => number;
}

/**
 * What the first of the addresses shows that a server of ours answers at. Waits for one that is away. When none is ours
 * and one has shown a wrong CA, that ends the agent: waiting would not mend it, and a person must look.
 */
export async function trustPatiently(
  agent: Trusting,
  servers: Servers,
  proxy: () => Proxy | null,
  others: () => Hop[],
): Promise<Trust> {
  const retry = new Retry(agent);
  let refusal: FatalError | null = null;
  for (;;) {
    const server = servers.current;
    try {
      const trust = await establishTrust({ ...agent, server, proxy: proxy() });
      servers.worked();
      return trust;
    } catch (error) {
      agent.signal.throwIfAborted();
      // Nothing was sent to it. Another address may still be the server's.
      if (error instanceof FatalError && error.exitCode === EXIT.UNTRUSTED_SERVER) refusal ??= error;
      else if (error instanceof FatalError) throw error;
      const round = servers.failed(explainFailure(error, server));
      if (round === null) continue;
      // One that was found may be elsewhere now, and says so.
      if (refusal && !agent.isFound) throw refusal;
      const trust = await trustBy(agent, others());
      if (trust) return trust;
      await retry.after(round);
    }
  }
}

/** The same by the first of them that leads to the server, or null. */
async function trustBy(agent: Trusting, hops: Hop[]): Promise<Trust | null> {
  for (const hop of hops) {
    try {
      return await establishTrust({ ...agent, ...hop });
    } catch (error) {
      agent.signal.throwIfAborted();
      if (error instanceof FatalError && error.exitCode !== EXIT.UNTRUSTED_SERVER) throw error;
      // It was the server's once. Who is there now is told nothing.
      agent.log.debug(`${describeHop(hop)}: ${(error as Error).message}`);
    }
  }
  return null;
}
