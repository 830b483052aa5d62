/** An HTTP proxy on loopback that lets CONNECT through, for tests. Not part of the agent. */
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { listen } from './testing';

/** @param asks user and password, `USER:PASSWORD`, when it wants them */
export async function startProxy(asks?: string, at = 0) {
  const targets: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.on('connect', (request, socket: Socket, head: Buffer) => {
    socket.on('error', () => {});
    const wanted = asks && `Basic ${Buffer.from(asks).toString('base64')}`;
    if (wanted && request.headers['proxy-authorization'] !== wanted)
      return socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n');
    targets.push(request.url!);
    const { hostname, port } = new URL(`http://${request.url}`);
    const onward = connect(Number(port), hostname.replace(/^\[|\]$/g, ''), () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    socket.on('close', () => onward.destroy());
    onward.on('close', () => socket.destroy());
  });
  const port = await listen(server, at);
  const stop = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => void server.close(() => resolve()));
  };
  onTestFinished(stop);
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    /** Where it was asked to connect to. */
    targets,
    stop,
  };
}
