import { request } from 'node:http';
import { isIP, type Socket } from 'node:net';
import { SaidError } from '../../words/said-error';
import { words, type Words } from '../../words/words';

const PATIENCE_MS = 15_000;

/** An HTTP proxy that the server is reached through. */
export interface Proxy {
  host: string;
  port: number;
  /** Of `Proxy-Authorization`. A secret. */
  authorization?: string;
}

/**
 * http://HOST:PORT, as a person writes it. A user and a password have keys of their own: an address ends up in logs.
 * Throws an Error whose message says what is wrong and repeats nothing.
 */
export function parseProxyAddress(text: string): { host: string; port: number } {
  if (!URL.canParse(text)) throw new SaidError(words('agent.proxy.none'));
  const { protocol, username, password, hostname, port, pathname, search, hash } = new URL(text);
  if (username || password) throw new SaidError(words('agent.proxy.user'));
  if (protocol !== 'http:') throw new SaidError(words('agent.proxy.no_http'));
  if (pathname !== '/' || search || hash) throw new SaidError(words('agent.proxy.too_much'));
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 80) };
}

/** As a configuration has it. */
interface Configured {
  server?:
    { proxy?: string | undefined; proxy_user?: string | undefined; proxy_password?: string | undefined } | undefined;
}

/** What is between this machine and the server; null for nothing. */
export function proxyOf({ server }: Configured): Proxy | null {
  if (server?.proxy === undefined) return null;
  const { proxy, proxy_user: user = '', proxy_password: password = '' } = server;
  const basic = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  return { ...parseProxyAddress(proxy), ...(user + password !== '' && { authorization: basic }) };
}

/**
 * A connection through the proxy, in which nothing was said yet (RFC 9110, 9.3.6). Rejects with an Error that names the
 * proxy: what does not work behind it is no fault of the server's.
 */
export function openTunnel(proxy: Proxy, to: { host: string; port: number }): Promise<Socket> {
  const name = `${bracketed(proxy.host)}:${proxy.port}`;
  const target = `${bracketed(to.host)}:${to.port}`;
  return new Promise((resolve, reject) => {
    const call = request({
      ...{ host: proxy.host, port: proxy.port, agent: false, method: 'CONNECT', path: target },
      headers: { host: target, ...(proxy.authorization && { 'proxy-authorization': proxy.authorization }) },
    });
    const fail = (why: Words) => {
      call.destroy();
      reject(new SaidError(why));
    };
    call.setTimeout(PATIENCE_MS, () => fail(words('agent.proxy.no_answer', { proxy: name })));
    call.once('error', ({ message }) => fail(words('agent.proxy.unusable', { proxy: name, reason: message })));
    // To anything but a CONNECT that it lets through it answers as to any request.
    const answered = (status: number) => words('agent.proxy.status', { proxy: name, status: String(status) });
    call.once('response', ({ statusCode = 0 }) => fail(answered(statusCode)));
    call.once('connect', ({ statusCode = 0 }, socket: Socket, head: Buffer) => {
      if (statusCode < 200 || statusCode > 299) {
        socket.destroy();
        return fail(answered(statusCode));
      }
      socket.setTimeout(0);
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    call.end();
  });
}

const bracketed = (host: string) => (isIP(host) === 6 ? `[${host}]` : host);
