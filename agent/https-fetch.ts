import { Agent, type AgentOptions, request } from 'node:https';
import { isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { HTTPLinkOptions } from '@trpc/client';
import type { AppRouter } from '../server/router';
import { openTunnel, type Proxy } from './connection/proxy';
import { MAX_FRAME_BYTES } from './protocol';

/** Longer than the server's long poll of 25 s. */
const PATIENCE_MS = 40_000;

/**
 * How long an address may take to take a connection: the kernel does that, however busy the server is. TCP asks again
 * after one, three and seven seconds (RFC 6298), and where nobody answers goes on for minutes.
 */
const CONNECT_PATIENCE_MS = 10_000;

type Fetch = NonNullable<HTTPLinkOptions<AppRouter['_def']['_config']['$types']>['fetch']>;

export interface HttpsClient {
  fetch: Fetch;
  /**
   * Keeps connections and TLS sessions, for whatever else is to go over them. They belong to one client certificate.
   */
  agent: Agent;
  /** From the next handshake on these CAs (PEM) are trusted, and no session with others is resumed. */
  trust(authorities: readonly string[]): void;
  /** Ends idle connections. */
  close(): void;
}

/** All PEM. Without certificate and key nothing is shown to the server. */
export interface TlsCredentials {
  authorities: readonly string[];
  certificate?: string;
  privateKeyPem?: string;
}

export interface HttpsClientOptions extends TlsCredentials {
  /** Called with the `Date` of every answer. */
  onDate?: (date: string | undefined) => void;
  /** What every connection goes through. */
  proxy?: Proxy | null | undefined;
  connectPatienceMs?: number;
}

/** An agent whose connections go through a proxy. Their TLS is with the server all the same. */
export class TunnelAgent extends Agent {
  private isOver = false;

  constructor(
    options: AgentOptions,
    private readonly proxy: Proxy,
  ) {
    super(options);
  }

  /** Node calls it for each new connection, with the options of the request and what its own default takes. */
  override createConnection(
    options: { host?: string | null; port?: number | string | null },
    callback: (error: Error | null, socket: Duplex) => void,
  ): undefined {
    openTunnel(this.proxy, { host: options.host ?? '', port: Number(options.port) })
      .then((socket) => {
        if (this.isOver) {
          // Nobody would end it any more.
          socket.destroy();
          throw new Error('the client is closed');
        }
        return super.createConnection({ ...options, socket } as never) as Duplex;
      })
      .then(
        (socket) => callback(null, socket),
        // Node looks at the error first.
        (error: Error) => callback(error, undefined as never),
      );
  }

  override destroy(): void {
    this.isOver = true;
    super.destroy();
  }
}

/**
 * A `fetch` over TLS that trusts our CAs alone: Node's own fetch cannot be told its CAs without a further package.
 * Answers are JSON and small; a longer one than MAX_FRAME_BYTES is refused.
 */
export function createHttpsClient({
  authorities,
  certificate,
  privateKeyPem,
  onDate,
  proxy,
  connectPatienceMs = CONNECT_PATIENCE_MS,
}: HttpsClientOptions): HttpsClient {
  const options: AgentOptions = {
    keepAlive: true,
    ca: [...authorities],
    cert: certificate,
    key: privateKeyPem,
    minVersion: 'TLSv1.3',
    rejectUnauthorized: true,
  };
  const agent = proxy ? new TunnelAgent(options, proxy) : new Agent(options);
  const fetch: Fetch = (url, { method, headers, body, signal } = {}) =>
    new Promise((resolve, reject) => {
      // The link passes what it was given: an address in a string.
      const call = request(url as string, {
        agent,
        method,
        headers: headers as Record<string, string>,
        signal: signal ?? undefined,
      });
      const giveUp = () => void call.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }));
      call.setTimeout(PATIENCE_MS, giveUp);
      call.once('socket', (socket) => endUnlessTaken(socket, isNamed(url as string), connectPatienceMs, giveUp));
      call.once('error', reject);
      call.once('response', (response) => {
        onDate?.(response.headers.date);
        const chunks: Buffer[] = [];
        let length = 0;
        response.on('data', (chunk: Buffer) => {
          length += chunk.length;
          if (length > MAX_FRAME_BYTES) call.destroy(new Error('the answer is too long'));
          else chunks.push(chunk);
        });
        response.once('error', reject);
        response.once('end', () => {
          const status = response.statusCode ?? 0;
          resolve({ ok: status >= 200 && status < 300, json: async () => parse(Buffer.concat(chunks), status) });
        });
      });
      call.end(body as string | undefined); // the JSON link sends nothing else
    });
  const trust = (trusted: readonly string[]) => void (agent.options.ca = [...trusted]);
  return { fetch, agent, trust, close: () => agent.destroy() };
}

/**
 * Of a connection that is new and goes through no proxy, which has its own patience. Where the host is a name it begins
 * when that was looked up: nameservers that are silent take longer than ten seconds until one is asked that is not.
 */
function endUnlessTaken(socket: Socket, isName: boolean, patienceMs: number, giveUp: () => void): void {
  if (!socket.connecting) return;
  let timer: NodeJS.Timeout | undefined;
  const begin = () => void (timer ??= setTimeout(giveUp, patienceMs));
  if (isName) socket.once('lookup', begin);
  else begin();
  for (const event of ['connect', 'close']) socket.once(event, () => clearTimeout(timer));
}

/** As addresses stand in a URL: version 6 in brackets. */
const isNamed = (url: string) => isIP(new URL(url).hostname.replace(/^\[|\]$/g, '')) === 0;

/** A proxy's error page in place of an answer should read as that, not as a syntax error. */
function parse(body: Buffer, status: number): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new Error(`the answer is not JSON (HTTP status ${status}); is it a SysManage server?`);
  }
}
