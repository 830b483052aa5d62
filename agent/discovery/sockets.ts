import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { everybodyIn, type Neighbourhood } from './interfaces';
import { MULTICAST_GROUP } from './message';

/**
 * A socket by which all of a neighbourhood can be written to, and answers come back. Rejects with the system's error.
 * @param onPacket called for each packet that comes to it
 */
export async function openTowards(place: Neighbourhood, onPacket: (packet: Buffer, from: RemoteInfo) => void): Promise<Socket> {
  const socket = createSocket({ type: place.family === 'IPv6' ? 'udp6' : 'udp4', ipv6Only: place.family === 'IPv6' });
  socket.on('message', onPacket);
  const isMulticast = place.family === 'IPv6' && !place.isLoopback;
  await bind(socket, 0, isMulticast ? `${place.address}%${place.interfaceName}` : place.address);
  if (isMulticast) socket.setMulticastInterface(`::%${place.interfaceName}`);
  else if (!place.isLoopback) socket.setBroadcast(true);
  return socket;
}

/** Writes to everybody in the neighbourhood. Resolves when the system has taken the packet; rejects with its error. */
export function sendToEverybody(socket: Socket, place: Neighbourhood, port: number, packet: Buffer): Promise<void> {
  return sendTo(socket, packet, port, everybodyIn(place, MULTICAST_GROUP));
}

export function sendTo(socket: Socket, packet: Buffer, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => socket.send(packet, port, address, (error) => (error ? reject(error) : resolve())));
}

/**
 * Hears on that port what is said to everybody in these neighbourhoods. A socket can tell what was said to all only when
 * it is bound to no address, so `onPacket` gets what comes from elsewhere, too, unless loopback alone is meant.
 * @param isShared several programs may hear; else the second one's is refused with EADDRINUSE
 */
export async function openHearing(
  places: readonly Neighbourhood[],
  port: number,
  { isShared, onPacket }: { isShared: boolean; onPacket: (packet: Buffer, from: RemoteInfo, socket: Socket) => void },
): Promise<Socket[]> {
  const sockets: Socket[] = [];
  try {
    for (const family of ['IPv4', 'IPv6'] as const) {
      const ours = places.filter((place) => place.family === family);
      if (ours.length === 0) continue;
      const socket = createSocket({ type: family === 'IPv6' ? 'udp6' : 'udp4', ipv6Only: family === 'IPv6', reuseAddr: isShared });
      sockets.push(socket);
      socket.on('message', (packet, from) => onPacket(packet, from, socket));
      const isLoopbackAlone = ours.every(({ isLoopback }) => isLoopback);
      await bind(socket, port, isLoopbackAlone ? ours[0]!.address : family === 'IPv6' ? '::' : '0.0.0.0');
      if (family === 'IPv4') continue;
      for (const { isLoopback, interfaceName } of ours) {
        if (!isLoopback) socket.addMembership(MULTICAST_GROUP, `::%${interfaceName}`);
      }
    }
    return sockets;
  } catch (error) {
    for (const socket of sockets) socket.close();
    throw error;
  }
}

async function bind(socket: Socket, port: number, address: string): Promise<void> {
  socket.bind({ port, address, exclusive: true });
  try {
    await once(socket, 'listening');
  } catch (error) {
    socket.close();
    throw error;
  }
  // From now on an error is one of a packet, such as that nobody listens at its other end. What matters is asked again.
  socket.on('error', () => {});
}
