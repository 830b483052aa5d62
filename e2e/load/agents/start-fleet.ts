import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Doing, FleetNews, FleetOrder } from './fleet-process';
import type { Identity } from './seed-agents';
import type { Target } from './simulated-agent';

/** Agents a process: one core does the client's part of a handshake about as fast as the server does its own. */
const PER_PROCESS = 5000;

const NOTHING: FleetNews = { connected: 0, tries: 0, beaten: 0, taken: 0, weighed: 0, bytes: 0, why: {} };

/** A fleet of simulated agents. */
export type Fleet = ReturnType<typeof startFleet>;

interface Part {
  child: ChildProcess;
  agents: Identity[];
  news: FleetNews;
}

/** Its processes, which wait for orders. `withinMs`: how long their connections are spread over. */
export function startFleet(agents: Identity[], how: { isFromOwnAddress: boolean; withinMs: number; doing?: Doing }) {
  const parts: Part[] = [];
  for (let from = 0; from < agents.length; from += PER_PROCESS) {
    const child = fork(join(import.meta.dirname, 'fleet-process.ts'));
    const part: Part = { child, agents: agents.slice(from, from + PER_PROCESS), news: NOTHING };
    child.on('message', (news: FleetNews) => (part.news = news));
    child.on('exit', (code) => {
      if (code !== 0) throw new Error(`a part of the fleet ended with ${code}`);
    });
    parts.push(part);
  }
  const order = (child: ChildProcess, what: FleetOrder) => child.send(what);
  /** Resolves when each has counted one more of these. */
  const told = async (counted: 'beaten' | 'weighed', what: FleetOrder) => {
    const before = parts.map(({ news }) => news[counted]);
    for (const { child } of parts) order(child, what);
    while (parts.some(({ news }, at) => news[counted] === before[at])) await pause(20);
  };
  return {
    connect(target: Target) {
      for (const { child, agents } of parts) order(child, { do: 'connect', agents, target, ...how });
    },
    /** Each calls so often what touches no database. Resolves when all are answered. */
    async beat(times: number): Promise<void> {
      await told('beaten', { do: 'beat', times });
    },
    leave() {
      for (const { child } of parts) order(child, { do: 'leave' });
    },
    /** Bytes that its open connections have carried until now. */
    async weigh(): Promise<number> {
      await told('weighed', { do: 'weigh' });
      return parts.reduce((sum, { news }) => sum + news.bytes, 0);
    },
    news(): FleetNews {
      const all: FleetNews = { ...NOTHING, why: {} };
      for (const { news } of parts) {
        for (const what of ['connected', 'tries', 'taken'] as const) all[what] += news[what];
        for (const [why, times] of Object.entries(news.why)) all.why[why] = (all.why[why] ?? 0) + times;
      }
      return all;
    },
    async end() {
      for (const { child } of parts) if (child.connected) child.disconnect();
      await Promise.all(parts.map(async ({ child }) => child.exitCode === null && once(child, 'exit')));
    },
  };
}
