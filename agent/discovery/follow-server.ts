import type { Log } from '../process/log';
import type { Servers } from '../servers';
import { addressesOf } from './find-server';
import { createMessageReader } from './read-messages';
import { HEARD, type Looking } from './search';
import { keepHearing } from './sockets';

interface Following extends Pick<Looking, 'interfaces' | 'signal'> {
  ports: NonNullable<Looking['ports']>;
  /** Of the CAs that this machine trusts now. */
  pins: () => readonly string[];
  servers: Servers;
  log: Log;
}

/**
 * Hears where our server says that it is, until the signal ends it, so that a server that moves is found again. Only
 * the holder of a trusted CA is heard, and only addresses are learnt: the connection still has to show that CA.
 */
export async function followServer({ interfaces, ports, pins, servers, log, signal }: Following): Promise<void> {
  const read = createMessageReader({ pins, log });
  const hearing = keepHearing({
    choice: interfaces,
    port: ports.announcements,
    isShared: true,
    budget: HEARD,
    onPacket(packet, { address: source }) {
      const message = read(packet, source, undefined);
      if (message && servers.learn(addressesOf(message.server_info, source))) {
        log.info(`our server says that it is also at ${servers.all.map(({ host }) => host).join(' or ')}`);
      }
    },
    onLook: (fault) => fault && log.debug(`announcements of the server are not heard: ${fault}`),
  });
  signal.addEventListener('abort', () => void hearing.stop(), { once: true });
  if (signal.aborted) await hearing.stop();
  await hearing.ready;
}
