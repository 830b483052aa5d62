import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { RemoteInfo, Socket } from 'node:dgram';
import { isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import type { Neighbourhood } from '../../agent/discovery/interfaces';
import {
  canBeMessage,
  FRESH_MS,
  MAX_BYTES,
  readRequest,
  vouch,
  writeMessage,
  type Message,
  type Proof,
} from '../../agent/discovery/message';
import { AGENT_SOCKET_PATH } from '../../agent/protocol';
import { keepHearing, openTowards, sendTo, sendToEverybody } from '../../agent/discovery/sockets';
import type { Authority } from '../certificates/authority/authority';
import { signerOf, type Sign } from '../certificates/der/ecdsa';
import type { ServerCertificate } from '../certificates/served/ensure-server-certificate';
import type { Config } from '../config';
import type { Log } from '../log';
import { createRateWindow } from '../../agent/discovery/rate-window';
import { createMessageReader } from '../../agent/discovery/read-messages';
import type { Sightings } from './sightings';

/** Answers a second, to one address and to all: sixty agents that start at once ask three times each. */
const RATE = { each: 20, all: 200 };
/** Requests that are read: four times as many, and more are a flood. */
const READ = { most: 200, sliceMs: 250 };
/** Announcements of servers, likewise. */
const HEARD = { most: 100, sliceMs: 1_000 };
/** Of those, a second, whose signatures are looked at. */
const HEARD_RATE = { each: 2, all: 5 };

/** So often an agent asks with one nonce, by IPv4 and by IPv6. */
const ASKED_AT_MOST = 16;

/** Announcements in place of an answer, at most. */
const PROMPTED_EVERY_MS = 500;

/** Whose description is kept. Places are made anew as interfaces come and go. */
const MOST_PLACES = 100;

/** Requests that are remembered, at most twice as many. */
const MOST_SEEN = 20_000;

/** What came and what became of it, since the start. */
export type BeaconCounts = Record<keyof typeof NOTHING, number>;

const NOTHING = {
  answered: 0,
  announced: 0,
  /** No request of ours. */
  malformed: 0,
  /** Too small for its answer, so that nobody can make us send more than they do. */
  small: 0,
  /** The clock of whoever asked is more than a minute off, or it is a recording. */
  stale: 0,
  /** Asked before, in these very words. */
  repeated: 0,
  /** Beyond the rate. */
  limited: 0,
  /** Times that so much came that the rest of it was thrown away unread. */
  floods: 0,
  /** The system did not take the packet. */
  unsent: 0,
};

export interface Beacon {
  /** `waiting`: another process of this machine has the port, or no chosen interface is up; `fault` says which. */
  state(): 'listening' | 'waiting';
  /** Why it waits, in the system's words. */
  fault(): string | null;
  /** Interface and address of each place where it listens. */
  places(): string[];
  counts(): Readonly<BeaconCounts>;
  /** Resolves when it has tried for the first time to listen. */
  ready: Promise<void>;
  stop(): Promise<void>;
}

export interface Starting {
  settings: Config['discovery'];
  authority: Pick<Authority, 'pin' | 'signing'>;
  /** The certificate of the agents' listener, as it is now. */
  certificate: () => ServerCertificate;
  /** What the agents' listener is bound to; every address unless it is one. */
  host?: string | undefined;
  apiPort: number;
  webPort: number;
  log: Log;
  /** Told of who asks, and of servers that say where they are. */
  sightings: Pick<Sightings, 'asked' | 'heard'>;
  lookMs?: number | undefined;
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
  sightings,
  lookMs,
}: Starting): Beacon {
  const counts: BeaconCounts = { ...NOTHING };
  const rate = createRateWindow(RATE);
  /** By nonce; two windows of a minute each, of which the older one is dropped. */
  const newWindow = () => new Map<string, number>();
  let seen: [Map<string, number>, Map<string, number>] = [newWindow(), newWindow()];
  const forgetOlder = () => (seen = [newWindow(), seen[0]]);
  const { proofNow, sign } = createSigner(authority, certificate);
  const readServer = createMessageReader({ pins: () => null, log, rate: HEARD_RATE });
  let lastFault: string | null = null;
  let promptedAt = -Infinity;

  const hearing = keepHearing({
    choice: settings.interfaces,
    port: settings.port,
    isShared: false,
    budget: READ,
    onPacket: answer,
    onFlood: () => counts.floods++,
    onLook(fault) {
      const { interfaces, port } = settings;
      lastFault = fault;
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
  // On loopback there is nobody else, and an announcement there reaches one program alone, which is to be an agent.
  const others = settings.interfaces.filter((name) => name !== 'loopback');
  const hearingServers = keepHearing({
    choice: others,
    port: settings.announcement_port,
    isShared: true,
    budget: HEARD,
    onPacket(packet, { address }, { isLoopback }) {
      const message = isLoopback || hearing.places().length === 0 ? null : readServer(packet, address, undefined);
      if (message) sightings.heard(message, address);
    },
    onLook: () => {},
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
    if (!canBeMessage(packet)) return void counts.malformed++;
    if (!rate.take(from.address)) return void counts.limited++;
    const request = readRequest(packet);
    if (!request) return void counts.malformed++;
    if (Math.abs(request.timestamp - Date.now()) > FRESH_MS) {
      sightings.asked(request, from.address, 'clock');
      return void counts.stale++;
    }
    // One that asks again with its nonce has lost a packet; once too often, it is a recording.
    const times = (seen[0].get(request.nonce) ?? seen[1].get(request.nonce) ?? 0) + 1;
    if (times > ASKED_AT_MOST) return void counts.repeated++;
    seen[0].set(request.nonce, times);
    if (seen[0].size > MOST_SEEN) forgetOlder();
    sightings.asked(request, from.address, 'answered');
    // Two answers did not arrive. The system may not have found out where to send them, which takes it a second for
    // each packet that is lost; what is said to all needs no such question.
    if (times % 3 === 0 && performance.now() - promptedAt > PROMPTED_EVERY_MS) {
      promptedAt = performance.now();
      return void announceTo(place);
    }
    const reply = writeMessage({ nonce: request.nonce, ...saidTo(place) }, sign);
    sendTo(socket, reply, from.port, from.address).then(
      () => counts.answered++,
      () => counts.unsent++,
    );
  }

  async function announce(): Promise<void> {
    for (const place of hearing.places()) await announceTo(place);
  }

  async function announceTo(place: Neighbourhood): Promise<void> {
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

  /** What is said in a place, for a second: the system is asked for addresses as long as a signature takes. */
  const said = new Map<Neighbourhood, { at: number; server_info: Message['server_info'] }>();

  function saidTo(place: Neighbourhood) {
    const now = performance.now();
    let known = said.get(place);
    if (!known || now - known.at > 1000) {
      if (said.size > MOST_PLACES) said.clear();
      known = { at: now, server_info: describeServer(place) };
      said.set(place, known);
    }
    const { default_config } = settings;
    return {
      timestamp: Date.now(),
      proof: proofNow(),
      server_info: known.server_info,
      ...(Object.keys(default_config).length > 0 && { default_config }),
    };
  }

  const describeServer = (place: Neighbourhood) => ({
    hostname: hostname().toLowerCase(),
    addresses: isIP(host) && !isUnspecified(host) ? [host] : place.isLoopback ? [place.address] : addressesOf(place),
    api_port: apiPort,
    webui_port: webPort,
    use_ssl: true as const,
    websocket_endpoint: AGENT_SOCKET_PATH,
    registration_endpoint: '/trpc/agents.register',
    ca_pin: authority.pin,
  });

  return {
    state: () => (hearing.places().length > 0 ? 'listening' : 'waiting'),
    fault: () => lastFault,
    places: () => hearing.places().map(({ interfaceName, address }) => `${interfaceName} ${address}`),
    counts: () => counts,
    ready: hearing.ready,
    async stop() {
      for (const timer of timers) clearInterval(timer);
      await Promise.all([hearing.stop(), hearingServers.stop()]);
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
