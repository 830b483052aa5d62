/**
 * Many agents in one process, and beside each a bare WebSocket to the ceiling's listener. Started by `revocation.ts`;
 * told by IPC whom to be and where to connect, it says when all are connected, and of each socket when it saw it close.
 */
import { once } from 'node:events';
import type { Identity } from './seed-agents';
import { ORDINARY } from './ordinary-agent';
import { simulateAgent, type Target } from './simulated-agent';

export interface Orders {
  ca: string;
  agents: Identity[];
  ours: number;
  bare: number;
}

/** `at` is the system's monotonic clock in nanoseconds, which all processes of a machine share. */
export type News = 'connected' | { target: 'ours' | 'bare'; index: number; at: string; code: number };

const LANES = 8;

const [orders] = (await once(process, 'message')) as [Orders];
process.on('disconnect', () => process.exit());
const say = (news: News) => process.send?.(news);

let next = 0;
await Promise.all(
  Array.from({ length: LANES }, async () => {
    for (let index = next++; index < orders.agents.length; index = next++) {
      await connect(index, 'bare');
      await connect(index, 'ours');
    }
  }),
);
say('connected');

/** Resolves when it is connected. It is only to be seen closing, and does not come back. */
function connect(index: number, kind: Target['kind']): Promise<void> {
  const identity = orders.agents[index]!;
  return new Promise((resolve, reject) => {
    const agent = simulateAgent(
      { identity, target: { ca: orders.ca, port: orders[kind], kind, path: `/${index}` } },
      {
        ...ORDINARY,
        onConnected: ({ socket }) => {
          // As soon as it is there: what an agent does after a close is none of what is measured.
          socket.once('close', (code) => say({ target: kind, index, at: String(process.hrtime.bigint()), code }));
          resolve();
        },
        onClosed: () => agent.stop(),
        onFailed: (why) => reject(new Error(why)),
      },
    );
  });
}
