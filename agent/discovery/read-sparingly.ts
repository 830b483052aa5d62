import type { RemoteInfo, Socket } from 'node:dgram';

/** Of each slice of time so many packets are read. */
export interface Budget {
  most: number;
  sliceMs: number;
}

/**
 * Reads a socket as long as no more comes than may be read. A flood costs a process most by being read, whatever it
 * does with the packets then.
 * @param onFlood called with the first packet that is one too many, and how long the slice goes on, in milliseconds.
 * What comes until then is not passed on
 */
export function readSparingly(
  socket: Socket,
  { most, sliceMs }: Budget,
  onPacket: (packet: Buffer, from: RemoteInfo) => void,
  onFlood: (leftMs: number) => void,
): void {
  let endsAt = 0;
  let count = 0;
  socket.on('message', (packet, from) => {
    const now = performance.now();
    if (now >= endsAt) [endsAt, count] = [now + sliceMs, 0];
    // What is still in the system's queue when the slice is used up comes all the same.
    if (++count <= most) onPacket(packet, from);
    else if (count === most + 1) onFlood(endsAt - now);
  });
}

/**
 * Lets the system throw away what comes to a bound socket, for so long: one that is connected hears its peer alone, and
 * is here connected to itself. Port and multicast groups stay its own, which they would not if it were closed.
 * @param socket bound to a port that was named: one that the system has chosen would be lost with the connection
 */
export function deafen(socket: Socket, ms: number): void {
  const { port, family } = socket.address();
  // Where that fails it goes on hearing, and what it hears is thrown away until the slice ends.
  socket.connect(port, family === 'IPv6' ? '::1' : '127.0.0.1', () => {});
  const timer = setTimeout(() => {
    try {
      socket.disconnect();
    } catch {
      // It was closed meanwhile, or is not connected.
    }
  }, ms);
  timer.unref();
}
