import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Config } from '../config';
import { about, type Finding } from './finding';
import { words } from '../../words/words';

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
      const which = { setting, port: String(port) };
      if (code === null) return good(words('server.doctor.ports.free', which));
      if (code === 'EADDRINUSE' && isRunning) return good(words('server.doctor.ports.ours', which));
      const kind = tries === tryUdp ? 'u' : 't';
      const mend = words('server.doctor.ports.taken_mend', { setting, command: `ss -${kind}lnp sport = :${port}` });
      if (tries === tryUdp) return warning(words('server.doctor.ports.no_beacon', { ...which, code }), mend);
      if (code === 'EADDRINUSE') return bad(words('server.doctor.ports.taken', which), mend);
      if (code === 'EACCES')
        return bad(words('server.doctor.ports.rights', which), words('server.doctor.ports.rights_mend', { setting }));
      return bad(
        words('server.doctor.ports.refused', { ...which, code }),
        words('server.doctor.ports.refused_mend', { setting }),
      );
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
