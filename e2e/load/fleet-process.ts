/**
 * A part of a simulated fleet in one process, started by `fleet.ts` and ended with it. Told by IPC whom to be and where
 * to connect, it says several times a second how many of them are connected and what they have tried.
 */
import { once } from 'node:events';
import type { Identity } from './seed-agents';
import { OBEDIENT } from './obedient-agent';
import { type Channel, ORDINARY, simulateAgent, type SimulatedAgent, type Target } from './simulated-agent';

export type FleetOrder =
  | {
      do: 'connect';
      agents: Identity[];
      target: Target;
      isFromOwnAddress: boolean;
      withinMs: number;
      /** Does what it is told. */
      isObedient?: boolean;
    }
  /** Each that is connected sends so many heartbeats. */
  | { do: 'beat'; times: number }
  | { do: 'leave' };

export interface FleetNews {
  connected: number;
  tries: number;
  /** Heartbeats of `beat` that were answered. */
  beats: number;
  /** How often each reason stood in the way of a connection, or ended one. */
  why: Record<string, number>;
}

const TELL_EVERY_MS = 200;

let running: SimulatedAgent[] = [];
const channels = new Set<Channel>();
let news: FleetNews = { connected: 0, tries: 0, beats: 0, why: {} };
const count = (why: string) => (news.why[why] = (news.why[why] ?? 0) + 1);

process.on('message', (order: FleetOrder) => {
  if (order.do === 'beat') return void Promise.all([...channels].map((channel) => beat(channel, order.times)));
  for (const agent of running) agent.stop();
  news = { connected: 0, tries: 0, beats: 0, why: {} };
  running = order.do === 'connect' ? order.agents.map((identity) => start(identity, order)) : [];
});
// Whoever listened may end just now: `disconnect` says so, and the figures of its run must not go down with it.
setInterval(() => process.send?.(news, undefined, undefined, () => undefined), TELL_EVERY_MS);
await once(process, 'disconnect');
process.exit();

function start(
  identity: Identity,
  { target, isFromOwnAddress, withinMs, isObedient }: FleetOrder & { do: 'connect' },
): SimulatedAgent {
  const from = isFromOwnAddress ? identity.address : '127.0.0.1';
  const mine = news;
  return simulateAgent(
    { identity, target, from, withinMs },
    {
      ...(isObedient ? OBEDIENT : ORDINARY),
      onTry: () => mine.tries++,
      onConnected: (channel) => {
        mine.connected++;
        channels.add(channel);
        channel.socket.once('close', () => {
          mine.connected--;
          channels.delete(channel);
        });
      },
      onClosed: (code) => count(`closed: ${code}`),
      onFailed: count,
    },
  );
}

async function beat(channel: Channel, times: number): Promise<void> {
  for (let left = times; left > 0; left--) {
    await channel.call('agents.heartbeat', ORDINARY.sample());
    news.beats++;
  }
}
