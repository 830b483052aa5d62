import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import { everybodyIn, findNeighbourhoods, isNeighbour, type Choice, type Neighbourhood } from './interfaces';
import { MULTICAST_GROUP } from './message';
import { deafen, readSparingly, type Budget } from './read-sparingly';

/** After which the interfaces are looked at again, and a port that another program has is tried again. Milliseconds. */
const LOOK_MS = 5_000;

/** A network has a few servers. */
const ANSWERS: Budget = { most: 100, sliceMs: 1_000 };

/**
 * A socket by which all of a neighbourhood can be written to, and answers come back. Rejects with the system's error.
 * @param onPacket called for each packet that comes to it
 * @param onFlood called when it has closed because more came than a network has servers
 */
export async function openTowards(
  place: Neighbourhood,
  onPacket: (packet: Buffer, from: RemoteInfo) => void,
  onFlood: () => void = () => {},
): Promise<Socket> {
  const socket = openSocket(place.family, false);
  try {
    const isMulticast = place.family === 'IPv6' && !place.isLoopback;
    await bind(socket, 0, isMulticast ? `${place.address}%${place.interfaceName}` : place.address);
    if (isMulticast) socket.setMulticastInterface(`::%${place.interfaceName}`);
    else if (!place.isLoopback) socket.setBroadcast(true);
    readSparingly(socket, ANSWERS, onPacket, () => {
      // The next one has another port, which a flood has to learn first.
      socket.close();
      onFlood();
    });
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}

/** Writes to everybody in the neighbourhood. Resolves when the system has taken the packet; rejects with its error. */
export function sendToEverybody(socket: Socket, place: Neighbourhood, port: number, packet: Buffer): Promise<void> {
  return sendTo(socket, packet, port, everybodyIn(place, MULTICAST_GROUP));
}

export function sendTo(socket: Socket, packet: Buffer, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) =>
    socket.send(packet, port, address, (error) => (error ? reject(error) : resolve())),
  );
}

export interface Hearing {
  /** Resolves when it has been tried to open the port for the first time. */
  ready: Promise<void>;
  /** Where is heard now; none while the port is another's, or no chosen interface is up. */
  places(): readonly Neighbourhood[];
  /** Resolves when the port is free again. */
  stop(): Promise<void>;
}

interface Listening {
  choice: Choice;
  port: number;
  /** Several programs may hear; else the second one waits for the first to end. */
  isShared: boolean;
  /** What may be read. Of a flood the rest is thrown away unread. */
  budget: Budget;
  /** Called for each packet of a neighbour. What comes from elsewhere was not said to us. */
  onPacket: (packet: Buffer, from: RemoteInfo, place: Neighbourhood, socket: Socket) => void;
  /**
   * Called when it begins to hear, also on other interfaces than before (null), and with each new reason why it cannot.
   */
  onLook: (fault: string | null) => void;
  /** Called when more came than may be read. */
  onFlood?: () => void;
  lookMs?: number | undefined;
}

/**
 * Hears on that port what is said to everybody in the neighbourhoods of the chosen interfaces, and follows the
 * interfaces as they come and go.
 */
export function keepHearing({ lookMs = LOOK_MS, ...listening }: Listening): Hearing {
  const { choice, onPacket, onLook } = listening;
  let places: Neighbourhood[] = [];
  let sockets: Socket[] = [];
  let lastFault: string | null = null;
  let isStopped = false;

  function say(fault: string | null) {
    if (fault === null || fault !== lastFault) onLook(fault);
    lastFault = fault;
  }

  async function look(): Promise<void> {
    try {
      const now = findNeighbourhoods(choice);
      if (isStopped || (sockets.length > 0 && isDeepStrictEqual(now, places))) return;
      for (const socket of sockets.splice(0)) socket.close();
      places = now;
      if (places.length === 0) return say('none of the interfaces is up');
      sockets = await openAll(places, listening, (packet, from, socket) => {
        const place = places.find((one) => isNeighbour(from.address, one));
        if (place) onPacket(packet, from, place, socket);
      });
      say(null);
    } catch (error) {
      places = [];
      say((error as Error).message);
    }
  }

  let looking = look();
  const timer = setInterval(() => void (looking = looking.then(look)), lookMs);
  timer.unref();
  return {
    ready: looking,
    places: () => places,
    async stop() {
      isStopped = true;
      clearInterval(timer);
      await looking;
      for (const socket of sockets.splice(0)) socket.close();
    },
  };
}

/**
 * A socket of each kind of address. What is said to all comes only to one that is bound to no address, so it gets what
 * comes from elsewhere, too, unless loopback alone is meant.
 */
async function openAll(
  places: readonly Neighbourhood[],
  { port, isShared, budget, onFlood }: Pick<Listening, 'port' | 'isShared' | 'budget' | 'onFlood'>,
  onPacket: (packet: Buffer, from: RemoteInfo, socket: Socket) => void,
): Promise<Socket[]> {
  const sockets: Socket[] = [];
  try {
    for (const family of ['IPv4', 'IPv6'] as const) {
      const ours = places.filter((place) => place.family === family);
      if (ours.length === 0) continue;
      const socket = openSocket(family, isShared);
      sockets.push(socket);
      readSparingly(
        socket,
        budget,
        (packet, from) => onPacket(packet, from, socket),
        (leftMs) => {
          deafen(socket, leftMs);
          onFlood?.();
        },
      );
      const isLoopbackAlone = ours.every(({ isLoopback }) => isLoopback);
      await bind(socket, port, isLoopbackAlone ? ours[0]!.address : family === 'IPv6' ? '::' : '0.0.0.0');
      for (const { isLoopback, interfaceName } of ours) {
        if (family === 'IPv6' && !isLoopback) joinIfThere(socket, interfaceName);
      }
    }
    return sockets;
  } catch (error) {
    for (const socket of sockets) socket.close();
    throw error;
  }
}

function joinIfThere(socket: Socket, interfaceName: string): void {
  try {
    socket.addMembership(MULTICAST_GROUP, `::%${interfaceName}`);
  } catch {
    // It went this very moment, which the next look sees; or the system has no room for another. The others are heard.
  }
}

const openSocket = (family: Neighbourhood['family'], reuseAddr: boolean) =>
  createSocket({ type: family === 'IPv6' ? 'udp6' : 'udp4', ipv6Only: family === 'IPv6', reuseAddr });

async function bind(socket: Socket, port: number, address: string): Promise<void> {
  socket.bind({ port, address, exclusive: true });
  await once(socket, 'listening');
  // From now on an error is one of a packet, such as that nobody listens at its other end. What matters is asked again.
  socket.on('error', () => {});
}
