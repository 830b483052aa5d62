import { SaidError } from '../words/said-error';
import { words } from '../words/words';

const DEFAULT_PORT = '6443';

/**
 * The server's address as an administrator writes it: `https://HOST[:PORT]`, port 6443 unless given.
 * Throws an Error whose message says what is wrong.
 */
export function parseServerAddress(text: string): URL {
  const given = JSON.stringify(text);
  if (!/^https:\/\//i.test(text)) throw new SaidError(words('agent.address.no_https', { given }));
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new SaidError(words('agent.address.none', { given }));
  }
  if (url.username || url.password || url.pathname !== '/' || url.search || url.hash || text.includes('\\')) {
    throw new SaidError(words('agent.address.too_much', { given }));
  }
  // URL drops :443 as the default of https, which is not ours.
  if (url.port === '' && !/:443\/?$/.test(text)) url.port = DEFAULT_PORT;
  return url;
}

/** As `parseServerAddress` reads it, and as agent.yaml keeps it. */
export function writeServerAddress(server: URL): string {
  return `https://${server.hostname}:${server.port || 443}`;
}

/** Host and port for sockets; an IPv6 address loses its brackets. */
export function socketAddress(server: URL): { host: string; port: number } {
  return { host: server.hostname.replace(/^\[|\]$/g, ''), port: Number(server.port || 443) };
}

/** SHA-256 in hex, as the agent's log prints it; a `sha256:` in front and capitals are forgiven. Throws an Error. */
export function parsePin(text: string): string {
  const pin = text.toLowerCase().replace(/^sha256:/, '');
  if (!/^[0-9a-f]{64}$/.test(pin)) throw new SaidError(words('agent.address.no_pin', { given: JSON.stringify(text) }));
  return pin;
}
