import { isIP } from 'node:net';
import { Retry } from '../connection/backoff';
import { explainFailure } from '../process/explain-failure';
import type { Log } from '../process/log';
import { parseServerAddress } from '../server-address';
import { pinOf } from '../trust/anchors';
import { meetServer } from '../trust/meet-server';
import { isPrivateAddress } from './private-address';
import { openSearch, type Looking } from './search';
import type { Candidate } from './score';
import type { ServerInfo } from './message';
import { saidBy, SaidError } from '../../words/said-error';
import { words, type Words } from '../../words/words';

export interface FoundServer {
  /** Where it is, the address that worked first. */
  servers: URL[];
  /** Of its CA, which it has shown in a handshake. */
  pin: string;
  /** In words, for people. */
  why: string;
  /** What it suggests, as it came. */
  defaultConfig: Record<string, unknown> | undefined;
}

/** For all addresses of one server together, milliseconds. */
const PATIENCE_MS = 10_000;
/** Of one that nobody trusts yet. */
const MOST_TRIED = 4;

/**
 * Looks for a server as long as it takes. What was found is no authority: the server that is returned has shown the CA
 * that it named, and one without a known pin still has to be trusted by a person. Rejects only with the signal's
 * reason.
 */
export async function findServer(looking: Looking & { random?: () => number }): Promise<FoundServer> {
  const { interfaces, pins, log, signal } = looking;
  const retry = new Retry(looking);
  const search = await openSearch(looking);
  log.info(words('agent.find.looking', { interfaces: interfaces.join(', ') }));
  try {
    for (;;) {
      let why = pins ? words('agent.find.none_with', { pins: pins.join(', ') }) : words('agent.find.none');
      try {
        const candidates = await search.ask();
        for (const line of table(candidates)) log.info(line);
        const chosen = await firstReachable(candidates, { log, signal, isTrusted: pins !== null });
        if (chosen) return chosen;
        if (candidates.length > 0) why = words('agent.find.unreachable');
      } catch (error) {
        signal.throwIfAborted();
        why = words('agent.find.failed', { reason: saidBy(error) });
      }
      await Promise.race([retry.after(why), search.heard()]);
      signal.throwIfAborted();
    }
  } finally {
    await search.close();
  }
}

/** A line each, the best first. */
function table(candidates: readonly Candidate[]): Words[] {
  return candidates.map(
    (
      {
        message: {
          server_info: { hostname, api_port, ca_pin },
        },
        source,
        score,
        reasons,
      },
      index,
    ) =>
      words('agent.find.found', {
        number: index + 1,
        all: candidates.length,
        name: hostname,
        source,
        port: String(api_port),
        pin: ca_pin,
        score,
        reasons: reasons.join(', '),
      }),
  );
}

async function firstReachable(
  candidates: readonly Candidate[],
  { log, signal, isTrusted }: { log: Log; signal: AbortSignal; isTrusted: boolean },
): Promise<FoundServer | null> {
  for (const {
    message: { server_info, default_config: defaultConfig },
    source,
    reasons,
  } of candidates) {
    const addresses = addressesOf(server_info, source);
    const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
    for (const server of isTrusted
      ? addresses
      : addresses.filter((address) => isNear(address, source)).slice(0, MOST_TRIED)) {
      try {
        const shown = pinOf(await meetServer(server, patience));
        if (shown !== server_info.ca_pin)
          throw new SaidError(words('agent.find.other_ca', { server: server.host, pin: shown }));
        return {
          servers: [server, ...addresses.filter(({ host }) => host !== server.host)],
          pin: shown,
          why: reasons.join(', '),
          defaultConfig,
        };
      } catch (error) {
        signal.throwIfAborted();
        log.info(words('agent.find.not_taken', { server: server.host, why: explainFailure(error, server) }));
        if (patience.aborted) break;
      }
    }
  }
  return null;
}

/** A stranger may name any address there is; only what may be of our own network is knocked at for them. */
function isNear({ hostname }: URL, source: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  return isIP(host) !== 0 && (host === source || isPrivateAddress(host));
}

/**
 * Where its answer came from is sure to be a way to it; then what it says itself. A link-local address is in no
 * certificate.
 */
export function addressesOf({ hostname, addresses, api_port }: ServerInfo, source: string): URL[] {
  const hosts = [...(addresses.includes(source) ? [source] : []), ...addresses, hostname];
  const urls = [...new Set(hosts)].flatMap((host) => {
    try {
      return [parseServerAddress(`https://${host.includes(':') ? `[${host}]` : host}:${api_port}`)];
    } catch {
      return []; // A machine may call itself what is no name in an address, such as `web.01`.
    }
  });
  return urls.filter((url, index) => urls.findIndex(({ host }) => host === url.host) === index);
}
