/**
 * A server program that does nothing but TLS, or TLS and WebSocket: the ceiling for ours. Started by `handshakes.ts`
 * with the folder of the certificates; says its ports by IPC and ends with its parent.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { WebSocketServer } from 'ws';

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
webSockets.on('connection', (socket) => socket.on('error', () => socket.terminate()));

const ports = [];
for (const server of [tls, https]) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ports.push((server.address() as AddressInfo).port);
}
process.on('disconnect', () => process.exit());
process.send?.(ports);
