import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerOptions } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';

/** An HTTP server on a loopback port of its own, gone with everything on it when the test is. */
export async function serveHttp(options: ServerOptions = {}): Promise<{ server: Server; port: number }> {
  const server = createServer(options);
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return { server, port: (server.address() as AddressInfo).port };
}

/** A TCP connection that asked for a WebSocket and does nothing by itself: it answers no ping and no close. */
export function openRawPeer(port: number, path = '/', host = 'localhost'): Socket {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => socket.destroy()); // the server may reset it; tests look at 'close'
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  );
  return socket;
}

/** The server's end of a WebSocket, and its raw peer. */
export async function openPair(): Promise<{ webSocket: WebSocket; transport: Socket; peer: Socket }> {
  const { server, port } = await serveHttp();
  const webSockets = new WebSocketServer({ server });
  const connected = once(webSockets, 'connection') as Promise<[WebSocket, IncomingMessage]>;
  const peer = openRawPeer(port);
  peer.resume();
  const [webSocket, request] = await connected;
  return { webSocket, transport: request.socket, peer };
}

/** A text frame as a client sends it, masked with zeros (RFC 6455 §5.2). At most 125 bytes. */
export function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}
