import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export type Way = 'toServer' | 'toAgent';

interface Held {
  bytes: Buffer;
  to: Socket;
}

/** Between an agent and its server: connections that are held up, cut, or go dead without either end hearing of it. */
export interface Gate {
  url: string;
  /** What goes this way waits until `release`. Bytes are bytes: they are sealed. */
  hold(way: Way): void;
  /** How many bytes wait. */
  waiting(way: Way): number;
  /** Lets go on what waits, and what comes. Resolves when the other end's system has it. */
  release(way: Way): Promise<void>;
  /** Ends all connections there are, at both ends. What waits is gone. */
  cut(): void;
  /** All connections there are swallow everything from now on, and their ends too. New ones are as good as ever. */
  goDead(): void;
  /** New connections are taken and go nowhere, until `open`. */
  close(): void;
  open(): void;
  stop(): Promise<void>;
}

/** @param target where the server listens on loopback, asked for each connection */
export async function startGate(target: () => number): Promise<Gate> {
  const lines = new Set<{ near: Socket; far: Socket; isDead: boolean }>();
  const held: Record<Way, Held[] | null> = { toServer: null, toAgent: null };
  let waiting: Socket[] | null = null;

  const server = createServer((near) => {
    near.on('error', () => near.destroy());
    if (!waiting) return join(near);
    near.pause();
    waiting.push(near);
  });

  function join(near: Socket): void {
    if (near.destroyed) return;
    const far = connect(target(), '127.0.0.1');
    const line = { near, far, isDead: false };
    lines.add(line);
    const pass = (way: Way, from: Socket, to: Socket) => {
      from.on('data', (bytes) => {
        if (line.isDead) return;
        if (held[way]) held[way].push({ bytes, to });
        else to.write(bytes);
      });
      from.on('error', () => undefined);
      from.on('close', () => {
        if (line.isDead) return;
        lines.delete(line);
        to.destroySoon();
      });
    };
    pass('toServer', near, far);
    pass('toAgent', far, near);
    near.resume();
  }

  const forgetHeld = () => {
    for (const way of ['toServer', 'toAgent'] as const) held[way]?.splice(0);
  };

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    hold: (way) => void (held[way] ??= []),
    waiting: (way) => (held[way] ?? []).reduce((sum, { bytes }) => sum + bytes.length, 0),
    async release(way) {
      const all = held[way] ?? [];
      held[way] = null;
      await Promise.all(
        all
          .filter(({ to }) => to.writable)
          .map(({ bytes, to }) => new Promise<void>((resolve) => to.write(bytes, () => resolve()))),
      );
    },
    cut() {
      forgetHeld();
      for (const { near, far } of lines) for (const end of [near, far]) end.destroy();
      for (const near of waiting?.splice(0) ?? []) near.destroy();
    },
    goDead() {
      forgetHeld();
      for (const line of lines) line.isDead = true;
    },
    close: () => void (waiting ??= []),
    open() {
      const all = waiting ?? [];
      waiting = null;
      for (const near of all) join(near);
    },
    async stop() {
      for (const { near, far } of lines) for (const end of [near, far]) end.destroy();
      for (const near of waiting ?? []) near.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
