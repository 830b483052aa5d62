import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Config } from '../config';
import { about, type Finding } from './finding';

const { good, warning, bad } = about('ports');

/**
 * Whether each port can be had.
 * @param isRunning whether a server of this installation runs: then what is taken is taken by it
 */
export async function checkPorts(config: Config, isRunning: boolean): Promise<Finding[]> {
  const { api_host, api_port, frontend_host, frontend_port, ops, discovery } = config;
  const wanted: { setting: string; port: number; host?: string; tries: typeof tryTcp }[] = [
    { setting: 'api_port', port: api_port, host: api_host, tries: tryTcp },
    { setting: 'frontend_port', port: frontend_port, host: frontend_host, tries: tryTcp },
    ...(ops.port === undefined ? [] : [{ setting: 'ops.port', port: ops.port, host: ops.host, tries: tryTcp }]),
    ...(discovery.enabled ? [{ setting: 'discovery.port', port: discovery.port, tries: tryUdp }] : []),
  ];
  return Promise.all(
    wanted.map(async ({ setting, port, host, tries }) => {
      const code = await tries(port, host);
      const words = `${setting} ${port}`;
      if (code === null) return good(`${words} can be had`);
      if (code === 'EADDRINUSE' && isRunning) return good(`${words} is taken, and a server of this installation runs`);
      const kind = tries === tryUdp ? 'u' : 't';
      const mend = `see who has it (ss -${kind}lnp sport = :${port}) and stop that, or set ${setting}`;
      if (tries === tryUdp) return warning(`${words} cannot be had (${code}): agents do not find this server`, mend);
      if (code === 'EADDRINUSE') return bad(`${words} is in use by another program`, mend);
      if (code === 'EACCES') return bad(`${words} needs more rights than this user has`, `set ${setting} above 1023`);
      return bad(`${words} cannot be had (${code})`, `correct ${setting} and its host`);
    }),
  );
}

/** Null, or the code of why not. */
async function tryTcp(port: number, host?: string): Promise<string | null> {
  const server = createServer();
  try {
    server.listen({ port, host });
    await once(server, 'listening');
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown';
  } finally {
    server.close();
  }
}

async function tryUdp(port: number): Promise<string | null> {
  const socket = createSocket('udp4');
  try {
    socket.bind({ port, exclusive: true });
    await once(socket, 'listening');
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown';
  } finally {
    socket.close();
  }
}
