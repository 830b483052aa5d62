/**
 * A part of a simulated fleet in one process, started by `fleet.ts` and ended with it. Told by IPC whom to be and where
 * to connect, it says several times a second how many of them are connected and what they have tried.
 */
import { once } from 'node:events';
import type { WebSocket } from 'ws';
import type { Identity } from './seed-agents';
import { configuredBehaviour } from './configured-agent';
import { OBEDIENT } from './obedient-agent';
import { ORDINARY } from './ordinary-agent';
import { type Behaviour, type Channel, simulateAgent, type SimulatedAgent, type Target } from './simulated-agent';

/** What its agents do besides being connected: nothing, what they are commanded, or what they are configured. */
export type Doing = 'ordinary' | 'obedient' | 'configured';

export type FleetOrder =
  | { do: 'connect'; agents: Identity[]; target: Target; isFromOwnAddress: boolean; withinMs: number; doing?: Doing }
  /** Each that is connected sends so many heartbeats. */
  | { do: 'beat'; times: number }
  /** Says how many bytes its connections have carried. */
  | { do: 'weigh' }
  | { do: 'leave' };

export interface FleetNews {
  connected: number;
  tries: number;
  /** How often all heartbeats of a `beat` were over: answered, or gone with their connection, of which `why` tells. */
  beaten: number;
  /** Configurations that an agent has in force and the server has stored that. */
  taken: number;
  /** How often it was weighed, and then: of the connections that were open, both ways, as their TLS sees them. */
  weighed: number;
  bytes: number;
  /** How often each reason stood in the way of a connection, or ended one. */
  why: Record<string, number>;
}

const TELL_EVERY_MS = 100;
const NOTHING: FleetNews = { connected: 0, tries: 0, beaten: 0, taken: 0, weighed: 0, bytes: 0, why: {} };

const behaviours: Record<Doing, (onTaken: () => void, onFailed: (why: string) => void) => Behaviour> = {
  ordinary: () => ORDINARY,
  obedient: () => OBEDIENT,
  configured: configuredBehaviour,
};

let running: SimulatedAgent[] = [];
const channels = new Set<Channel>();
let news: FleetNews = { ...NOTHING, why: {} };
const count = (why: string) => (news.why[why] = (news.why[why] ?? 0) + 1);

process.on('message', (order: FleetOrder) => {
  if (order.do === 'beat') return void beatAll(order.times);
  if (order.do === 'weigh') {
    news.bytes = [...channels].reduce((sum, { socket }) => sum + bytesOf(socket), 0);
    return void news.weighed++;
  }
  for (const agent of running) agent.stop();
  news = { ...NOTHING, why: {} };
  running = order.do === 'connect' ? order.agents.map((identity) => start(identity, order)) : [];
});
// Whoever listened may end just now: `disconnect` says so, and the figures of its run must not go down with it.
setInterval(() => process.send?.(news, undefined, undefined, () => undefined), TELL_EVERY_MS);
await once(process, 'disconnect');
process.exit();

function start(
  identity: Identity,
  { target, isFromOwnAddress, withinMs, doing = 'ordinary' }: FleetOrder & { do: 'connect' },
): SimulatedAgent {
  const from = isFromOwnAddress ? identity.address : '127.0.0.1';
  const mine = news;
  return simulateAgent(
    { identity, target, from, withinMs },
    {
      ...behaviours[doing](() => mine.taken++, count),
      onTry: () => mine.tries++,
      onConnected: (channel) => {
        mine.connected++;
        channels.add(channel);
        channel.socket.once('close', () => {
          mine.connected--;
          channels.delete(channel);
        });
      },
      onClosed: (how) => count(`closed: ${how}`),
      onFailed: count,
    },
  );
}

async function beatAll(times: number): Promise<void> {
  const mine = news;
  // An agent that is lost takes neither this process nor the others' figures along.
  await Promise.all([...channels].map((channel) => beat(channel, times).catch(({ message }: Error) => count(message))));
  mine.beaten++;
}

async function beat(channel: Channel, times: number): Promise<void> {
  for (let left = times; left > 0; left--) await channel.call('agents.heartbeat', ORDINARY.sample());
}

/** As TLS writes and reads them. */
function bytesOf(socket: WebSocket): number {
  const { bytesRead, bytesWritten } = (socket as unknown as { _socket: { bytesRead: number; bytesWritten: number } })
    ._socket;
  return bytesRead + bytesWritten;
}
