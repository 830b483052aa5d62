import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Between a browser and the server: a line that can go dead, as behind a router that has lost its table. */
export async function startSwallowingProxy({ url }: { url: string }) {
  const { port: target, hostname } = new URL(url);
  let isDead = false;
  const sockets = new Set<Socket>();
  const swallowed = new WeakSet<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(target), hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (bytes) => {
        // Neither end hears anything of it, then or later: no FIN, no reset.
        if (!swallowed.has(from)) to.write(bytes);
      });
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        if (!swallowed.has(from)) to.destroy();
      });
      if (isDead) swallowed.add(from);
    }
  }).listen(0, 'localhost');
  await once(server, 'listening');
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    /**
     * From now on all bytes are swallowed, of the connections there are and of new ones, which are accepted all the
     * same.
     */
    die() {
      isDead = true;
      for (const socket of sockets) swallowed.add(socket);
    },
    /** New connections get through again; those that were swallowed stay so. */
    revive() {
      isDead = false;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
