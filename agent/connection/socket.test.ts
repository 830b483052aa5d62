import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { endWhenSilent } from './socket';

const pingMs = 1000;
const sleepForReal = setTimeout;
/** What is due after timers has had its turn. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A socket that is watched, by a clock that the test moves. It counts pings and does nothing about them itself. */
function watch(onPing: () => void = () => {}) {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const seen = { pings: 0, isSilent: false };
  const socket = Object.assign(new EventEmitter(), {
    terminate() {},
    ping() {
      seen.pings++;
      onPing();
    },
  });
  endWhenSilent(socket as unknown as WebSocket, pingMs, () => (seen.isSilent = true));
  return { seen, socket };
}

it('keeps a quiet connection whose server answers pings, and ends it half a ping after one that is not', async () => {
  const { seen, socket } = watch();
  for (let n = 1; n <= 5; n++) {
    vi.advanceTimersByTime(pingMs);
    expect(seen.pings).toBe(n);
    vi.advanceTimersByTime(pingMs / 2 - 1);
    socket.emit('pong');
    await turn();
  }
  vi.advanceTimersByTime(pingMs * 1.5 - 1);
  await turn();
  expect(seen).toEqual({ pings: 6, isSilent: false });
  vi.advanceTimersByTime(1);
  await turn();
  expect(seen).toEqual({ pings: 6, isSilent: true });
});

it('asks a server before it takes it for silent, however late this machine is', async () => {
  // The ping is so late that by then the answer to one in good time would be overdue.
  const { seen, socket } = watch(() => vi.advanceTimersByTime(pingMs));
  vi.advanceTimersByTime(pingMs);
  await turn();
  expect(seen).toEqual({ pings: 1, isSilent: false });
  vi.advanceTimersByTime(pingMs / 2 - 1);
  socket.emit('pong');
  await turn();
  expect(seen).toEqual({ pings: 1, isSilent: false });
});

it('reads what came while this machine did nothing else before it takes a server for silent', async () => {
  const { ours, theirs } = await connectPair();
  const { seen, socket } = watch();
  ours.on('data', () => socket.emit('pong'));
  vi.advanceTimersByTime(pingMs);
  // From here on as in Node's turn: what is due by now comes before what is to be read.
  await new Promise<void>((resolve) => sleepForReal(resolve, 0));
  theirs.write('an answer');
  vi.advanceTimersByTime(pingMs / 2);
  await turn();
  expect(seen).toEqual({ pings: 1, isSilent: false });
});

/** Both ends of a connection: what is written at one can be read at the other by the next turn. */
async function connectPair(): Promise<{ ours: Socket; theirs: Socket }> {
  const folder = mkdtempSync(join(tmpdir(), 'sysmanage-socket-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const server = createServer().listen(join(folder, 'pair'));
  await once(server, 'listening');
  const ours = connect(server.address() as string);
  const [theirs] = (await once(server, 'connection')) as [Socket];
  onTestFinished(() => {
    ours.destroy();
    theirs.destroy();
    server.close();
  });
  return { ours, theirs };
}
