import { EventEmitter, once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, createServer, request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { CONNECTION_TOKEN_HEADER } from '../../agent/protocol';
import { ensureServerCertificate } from '../certificates/served/ensure-server-certificate';
import type { Services } from '../services';
import type { Shown } from './testing';

export type Direction = 'toServer' | 'toAgent';
export interface Frame {
  data: Buffer;
  isBinary: boolean;
}
/** What becomes of a frame, the `index`th of its direction on its connection. */
export type Meddling = (frame: Frame, index: number) => Frame[];

export interface Closing {
  by: 'agent' | 'server';
  code: number;
  reason: string;
}

/** Somebody inside the TLS: ends it towards the agent and makes it anew towards the server, with the keys of both. */
export interface Proxy {
  url: URL;
  /** For the next connection alone; those after it pass untouched. */
  meddle(direction: Direction, meddling: Meddling): void;
  /** How each connection ended: who closed it first, and with what words. */
  closings: Closing[];
  /** Everything agents sent: request lines, headers and bodies over HTTPS, and the payloads of WebSocket messages. */
  heard: Buffer[];
  /** Frames of the newest connection that came in that direction so far. */
  seen(direction: Direction): number;
  /** Resolves when so many have come on it. */
  untilSeen(direction: Direction, frames: number): Promise<void>;
}

/** @param shown what to show in the agent's place, which showed a certificate of that serial or none */
export async function startProxy(
  services: Services,
  port: number,
  shown: (serial: string | undefined) => Shown,
): Promise<Proxy> {
  const ca = services.authority.signing.pem;
  const directory = services.config.certificates.path;
  const certificate = await ensureServerCertificate(services.authority, { directory, names: ['127.0.0.1'] });
  const closings: Closing[] = [];
  const heard: Buffer[] = [];
  let next: Partial<Record<Direction, Meddling>> = {};
  let counts: Record<Direction, number> = { toServer: 0, toAgent: 0 };
  const frames = new EventEmitter();

  const upstreams = new WeakMap<Duplex, Agent>();
  /**
   * One TLS connection to the server for each of an agent's: a connection token counts on the one that asked for it.
   */
  const upstreamOf = ({ socket }: IncomingMessage): Agent => {
    const known = upstreams.get(socket);
    if (known) return known;
    const serial = (socket as TLSSocket).getPeerX509Certificate()?.serialNumber;
    const made = new Agent({ ca, ...shown(serial), keepAlive: true, maxSockets: 1 });
    upstreams.set(socket, made);
    onTestFinished(() => made.destroy());
    return made;
  };
  const hear = ({ method, url, rawHeaders }: IncomingMessage, body = Buffer.alloc(0)) =>
    heard.push(Buffer.from([`${method} ${url}`, ...rawHeaders].join('\n')), body);

  const server = createServer(
    { ...certificate, minVersion: 'TLSv1.3', requestCert: true, rejectUnauthorized: false },
    (incoming, answer) => {
      void buffer(incoming).then((body) => {
        hear(incoming, body);
        const { method, url: path, headers } = incoming;
        const call = httpsRequest(
          { host: '127.0.0.1', port, method, path, headers, agent: upstreamOf(incoming) },
          (response) => {
            response.pipe(answer.writeHead(response.statusCode!, response.headers));
          },
        );
        call.on('error', () => answer.destroy()).end(body);
      });
    },
  );
  const webSockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    hear(request);
    const meddlings = next;
    next = {};
    counts = { toServer: 0, toAgent: 0 };
    const token = request.headers[CONNECTION_TOKEN_HEADER]?.toString();
    const upstream = new WebSocket(`wss://127.0.0.1:${port}${request.url}`, {
      agent: upstreamOf(request),
      headers: token ? { [CONNECTION_TOKEN_HEADER]: token } : {},
    });
    upstream.on('error', () => socket.destroy());
    upstream.on('open', () =>
      webSockets.handleUpgrade(request, socket, head, (agent) => {
        agent.on('error', () => upstream.terminate());
        join({ agent, server: upstream }, meddlings, counts);
      }),
    );
  });

  function join(ends: { agent: WebSocket; server: WebSocket }, meddlings: typeof next, count: typeof counts) {
    let isClosing = false;
    const pass = (direction: Direction, from: WebSocket, to: WebSocket) => {
      from.on('message', (data: Buffer, isBinary) => {
        if (direction === 'toServer') heard.push(data);
        const frame = { data: Buffer.from(data), isBinary };
        const passed = meddlings[direction]?.(frame, count[direction]) ?? [frame];
        for (const { data, isBinary } of passed) to.send(data, { binary: isBinary });
        count[direction]++;
        frames.emit('frame');
      });
      from.on('close', (code, reason) => {
        if (!isClosing)
          closings.push({ by: from === ends.agent ? 'agent' : 'server', code, reason: reason.toString() });
        isClosing = true;
        if (code === 1006) to.terminate();
        else to.close(code === 1005 ? undefined : code, reason);
      });
    };
    pass('toServer', ends.agent, ends.server);
    pass('toAgent', ends.server, ends.agent);
    onTestFinished(() => {
      ends.agent.terminate();
      ends.server.terminate();
    });
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return {
    url: new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}`),
    meddle: (direction, meddling) => (next = { [direction]: meddling }),
    closings,
    heard,
    seen: (direction) => counts[direction],
    async untilSeen(direction, wanted) {
      while (counts[direction] < wanted) await once(frames, 'frame');
    },
  };
}
