import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { RemoteInfo, Socket } from 'node:dgram';
import { isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import type { Neighbourhood } from '../../agent/discovery/interfaces';
import { FRESH_MS, MAX_BYTES, readRequest, vouch, writeMessage, type Proof } from '../../agent/discovery/message';
import { AGENT_SOCKET_PATH } from '../../agent/protocol';
import { keepHearing, openTowards, sendTo, sendToEverybody } from '../../agent/discovery/sockets';
import type { Authority } from '../certificates/authority/authority';
import { signerOf, type Sign } from '../certificates/der/ecdsa';
import type { ServerCertificate } from '../certificates/ensure-server-certificate';
import type { Config } from '../config';
import type { Log } from '../log';
import { createRateWindow } from '../../agent/discovery/rate-window';

/** Answers a second, to one address and to all: sixty agents that start at once ask three times each. */
const RATE = { each: 20, all: 500 };

/** Requests that are remembered, at most twice as many. */
const MOST_SEEN = 20_000;

/** What came and what became of it, since the start. */
export interface BeaconCounts {
  answered: number;
  announced: number;
  /** No request of ours. */
  malformed: number;
  /** Too small for its answer, so that nobody can make us send more than they do. */
  small: number;
  /** The clock of whoever asked is more than a minute off, or it is a recording. */
  stale: number;
  /** Asked before, in these very words. */
  repeated: number;
  /** Beyond the rate. */
  limited: number;
  /** The system did not take the packet. */
  unsent: number;
}

export interface Beacon {
  /** `waiting`: another process of this machine has the port. */
  state(): 'listening' | 'waiting';
  counts(): Readonly<BeaconCounts>;
  stop(): Promise<void>;
}

interface Starting {
  settings: Config['discovery'];
  authority: Pick<Authority, 'pin' | 'signing'>;
  /** The certificate of the agents' listener, as it is now. */
  certificate: () => ServerCertificate;
  /** What the agents' listener is bound to; every address unless it is one. */
  host?: string;
  apiPort: number;
  webPort: number;
  log: Log;
  lookMs?: number;
}

/**
 * Tells agents of this machine's networks where the server is: to those that ask, and to all from time to time. Of
 * several processes on a machine one has the port; when it ends another takes over. It gives addresses, never trust.
 */
export function startBeacon({
  settings,
  authority,
  certificate,
  host = '',
  apiPort,
  webPort,
  log,
  lookMs,
}: Starting): Beacon {
  const counts: BeaconCounts = {
    answered: 0,
    announced: 0,
    malformed: 0,
    small: 0,
    stale: 0,
    repeated: 0,
    limited: 0,
    unsent: 0,
  };
  const rate = createRateWindow(RATE);
  /** By nonce; two windows of a minute each, of which the older one is dropped. */
  let seen: [Set<string>, Set<string>] = [new Set(), new Set()];
  const forgetOlder = () => (seen = [new Set(), seen[0]]);
  const { proofNow, sign } = createSigner(authority, certificate);

  const hearing = keepHearing({
    choice: settings.interfaces,
    port: settings.port,
    isShared: false,
    onPacket: answer,
    onLook(fault) {
      const { interfaces, port } = settings;
      if (fault === null) {
        log.info({ interfaces, port }, 'discovery: agents of these networks are told where this server is');
        void announce();
      } else
        log.info(
          { interfaces, port, fault },
          'discovery: no agent is told where this server is, unless another process does',
        );
    },
    lookMs,
  });
  const timers = [
    setInterval(() => void announce(), settings.announce_seconds * 1000),
    setInterval(forgetOlder, FRESH_MS),
  ];
  for (const timer of timers) timer.unref();

  function answer(packet: Buffer, from: RemoteInfo, place: Neighbourhood, socket: Socket): void {
    // Cheapest first: whoever floods us must not make us work.
    if (packet.length < MAX_BYTES) return void counts.small++;
    if (!rate.take(from.address)) return void counts.limited++;
    const request = readRequest(packet);
    if (!request) return void counts.malformed++;
    if (Math.abs(request.timestamp - Date.now()) > FRESH_MS) return void counts.stale++;
    // One that asks three times with one nonce has lost a packet; a fourth is a recording.
    const times = [1, 2, 3].find((time) => !seen.some((window) => window.has(`${request.nonce} ${time}`)));
    if (times === undefined) return void counts.repeated++;
    const reply = writeMessage({ nonce: request.nonce, ...saidTo(place) }, sign);
    seen[0].add(`${request.nonce} ${times}`);
    if (seen[0].size > MOST_SEEN) forgetOlder();
    sendTo(socket, reply, from.port, from.address).then(
      () => counts.answered++,
      () => counts.unsent++,
    );
  }

  async function announce(): Promise<void> {
    for (const place of hearing.places()) {
      let socket: Socket | undefined;
      try {
        socket = await openTowards(place, () => {});
        await sendToEverybody(socket, place, settings.announcement_port, writeMessage(saidTo(place), sign));
        counts.announced++;
      } catch {
        counts.unsent++;
      } finally {
        socket?.close();
      }
    }
  }

  function saidTo(place: Neighbourhood) {
    return {
      timestamp: Date.now(),
      proof: proofNow(),
      server_info: {
        hostname: hostname().toLowerCase(),
        addresses:
          isIP(host) && !isUnspecified(host) ? [host] : place.isLoopback ? [place.address] : addressesOf(place),
        api_port: apiPort,
        webui_port: webPort,
        use_ssl: true as const,
        websocket_endpoint: AGENT_SOCKET_PATH,
        registration_endpoint: '/trpc/agents.register',
        ca_pin: authority.pin,
      },
    };
  }

  return {
    state: () => (hearing.places().length > 0 ? 'listening' : 'waiting'),
    counts: () => counts,
    async stop() {
      for (const timer of timers) clearInterval(timer);
      await hearing.stop();
    },
  };
}

/** Signs with the key of the certificate there is now; the CA's word for it is made once for each certificate. */
function createSigner(authority: Pick<Authority, 'signing'>, certificate: () => ServerCertificate) {
  let made: { of: ServerCertificate; proof: Proof; sign: Sign } | undefined;
  const current = () => {
    const of = certificate();
    if (made?.of.cert === of.cert) return made;
    const key = createPublicKey(of.cert).export({ type: 'spki', format: 'der' });
    const proof = vouch(authority.signing.sign, { authority: authority.signing.publicKeyDer, key, until: of.notAfter });
    return (made = { of, proof, sign: signerOf(createPrivateKey(of.key)) });
  };
  return { proofNow: () => current().proof, sign: (bytes: Uint8Array) => current().sign(bytes) };
}

const isUnspecified = (address: string) => ['0.0.0.0', '::'].includes(address);

/** Those of that interface alone: what other networks this machine is in is nobody's business there. */
function addressesOf({ interfaceName }: Neighbourhood): string[] {
  const entries = networkInterfaces()[interfaceName] ?? [];
  return entries
    .filter(({ address }) => !address.startsWith('fe80:'))
    .map(({ address }) => address)
    .slice(0, 16);
}
