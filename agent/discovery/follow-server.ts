import type { Log } from '../process/log';
import type { Servers } from '../servers';
import { addressesOf } from './find-server';
import { findNeighbourhoods, isNeighbour } from './interfaces';
import { readMessage } from './message';
import { isFresh, type Looking } from './search';
import { openHearing } from './sockets';

interface Following extends Pick<Looking, 'interfaces' | 'signal'> {
  ports: NonNullable<Looking['ports']>;
  /** Of the CAs that this machine trusts; may grow. */
  pins: readonly string[];
  servers: Servers;
  log: Log;
}

/**
 * Hears where our server says that it is, until the signal ends it, so that a server that moves is found again. Only the
 * holder of a trusted CA is heard, and only addresses are learnt: the connection still has to show that CA. An agent
 * that cannot hear goes on without.
 */
export async function followServer({ interfaces, ports, pins, servers, log, signal }: Following): Promise<void> {
  const places = findNeighbourhoods(interfaces);
  try {
    const sockets = await openHearing(places, ports.announcements, {
      isShared: true,
      onPacket(packet, { address: source }) {
        if (!places.some((place) => isNeighbour(source, place))) return;
        const message = readMessage(packet, (pin) => pins.includes(pin));
        if (typeof message === 'string' || message.nonce !== undefined || !isFresh(message, log)) return;
        if (servers.learn(addressesOf(message.server_info, source))) {
          log.info(`our server says that it is at ${servers.all.map(({ host }) => host).join(' or ')}`);
        }
      },
    });
    const stop = () => sockets.forEach((socket) => socket.close());
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  } catch (error) {
    log.warn(`announcements of the server are not heard: ${(error as Error).message}`);
  }
}
