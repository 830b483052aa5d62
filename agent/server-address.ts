const DEFAULT_PORT = '6443';

/**
 * The server's address as an administrator writes it: `https://HOST[:PORT]`, port 6443 unless given.
 * Throws an Error whose message says what is wrong.
 */
export function parseServerAddress(text: string): URL {
  const mend = 'write it as https://HOST:6443';
  if (!/^https:\/\//i.test(text)) throw new Error(`${JSON.stringify(text)} does not start with https://; ${mend}`);
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new Error(`${JSON.stringify(text)} is not an address; ${mend}`);
  }
  if (url.username || url.password || url.pathname !== '/' || url.search || url.hash || text.includes('\\')) {
    throw new Error(`${JSON.stringify(text)} has more than a host and a port; ${mend}`);
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
  if (!/^[0-9a-f]{64}$/.test(pin)) throw new Error(`${JSON.stringify(text)} is not a SHA-256 in hex (64 digits)`);
  return pin;
}
