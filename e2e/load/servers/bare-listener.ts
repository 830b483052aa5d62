/**
 * A server program that does nothing but TLS, or TLS and WebSocket: the ceiling for ours. Started by `handshakes.ts`,
 * `revocation.ts` and `fleet.ts` with the folder of the certificates; says its ports by IPC and ends with its parent.
 * Told a path, it closes the WebSocket that was opened by it, and repeats the path.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { type WebSocket, WebSocketServer } from 'ws';

const folder = process.argv[2] ?? '';
const options = {
  cert: readFileSync(join(folder, 'server.crt')),
  key: readFileSync(join(folder, 'server.key')),
  minVersion: 'TLSv1.3',
  requestCert: true,
  rejectUnauthorized: false,
} as const;

const tls = createServer(options, (socket) => socket.on('error', () => socket.destroy()).resume());
const https = createHttpsServer(options);
const webSockets = new WebSocketServer({ server: https, perMessageDeflate: false });
const byPath = new Map<string, WebSocket>();
webSockets.on('connection', (socket, { url = '' }) => {
  socket.on('error', () => socket.terminate());
  // Handshakes are measured by thousands, and each opens and drops the same one.
  socket.on('close', () => byPath.get(url) === socket && byPath.delete(url));
  byPath.set(url, socket);
});
process.on('message', (path: string) => {
  byPath.get(path)?.close(4001);
  process.send?.(path);
});

const ports = [];
for (const server of [tls, https]) {
  server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 });
  await once(server, 'listening');
  ports.push((server.address() as AddressInfo).port);
}
process.on('disconnect', () => process.exit());
process.send?.(ports);
