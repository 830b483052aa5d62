/**
 * A part of a simulated fleet in one process, started by `fleet.ts` and ended with it. Told by IPC whom to be and where
 * to connect, it says several times a second how many of them are connected and what they have tried.
 */
import { once } from 'node:events';
import type { Identity } from './seed-agents';
import { type Channel, ORDINARY, simulateAgent, type SimulatedAgent, type Target } from './simulated-agent';

export type FleetOrder =
  | { do: 'connect'; agents: Identity[]; target: Target; isFromOwnAddress: boolean; withinMs: number }
  | { do: 'leave' }
  | { do: 'burst'; calls: number };

export interface FleetNews {
  connected: number;
  tries: number;
  /** How often an agent has put a configuration in force, and the bytes of frames that it took, of all of them. */
  configured: number;
  configuredBytes: number;
  /** Agents that have made the calls of the last burst. */
  burst: number;
  /** How often each reason stood in the way of a connection, or ended one. */
  why: Record<string, number>;
}

const TELL_EVERY_MS = 200;

let running: SimulatedAgent[] = [];
const NOTHING: FleetNews = { connected: 0, tries: 0, configured: 0, configuredBytes: 0, burst: 0, why: {} };
let news: FleetNews = { ...NOTHING, why: {} };
let channels = new Set<Channel>();
const count = (why: string) => (news.why[why] = (news.why[why] ?? 0) + 1);

process.on('message', (order: FleetOrder) => {
  if (order.do === 'burst') {
    for (const channel of channels) void burst(channel, order.calls);
    return;
  }
  for (const agent of running) agent.stop();
  channels = new Set();
  news = { ...NOTHING, why: {} };
  running = order.do === 'connect' ? order.agents.map((identity) => start(identity, order)) : [];
});
// Whoever listened may end just now: `disconnect` says so, and the figures of its run must not go down with it.
setInterval(() => process.send?.(news, undefined, undefined, () => undefined), TELL_EVERY_MS);
await once(process, 'disconnect');
process.exit();

/** Small calls one after the other: what as many questions cost that ask for nothing. */
async function burst(channel: Channel, calls: number): Promise<void> {
  for (let i = 0; i < calls; i++) await channel.call('agents.heartbeat', ORDINARY.sample());
  news.burst++;
}

/** Bytes of a channel when it heard of a configuration. */
const startedAt = new WeakMap<Channel, number>();

function start(
  identity: Identity,
  { target, isFromOwnAddress, withinMs }: FleetOrder & { do: 'connect' },
): SimulatedAgent {
  const from = isFromOwnAddress ? identity.address : '127.0.0.1';
  const mine = news;
  return simulateAgent(
    { identity, target, from, withinMs },
    {
      ...ORDINARY,
      onTry: () => mine.tries++,
      onConnected(channel) {
        const { socket } = channel;
        mine.connected++;
        channels.add(channel);
        socket.once('close', () => {
          mine.connected--;
          channels.delete(channel);
        });
      },
      onInbox({ kind }, channel) {
        if (kind === 'configuration') startedAt.set(channel, channel.bytes());
      },
      onConfigured(channel) {
        mine.configured++;
        mine.configuredBytes += channel.bytes() - (startedAt.get(channel) ?? 0);
      },
      onClosed: (code) => count(`closed: ${code}`),
      onFailed: count,
    },
  );
}
