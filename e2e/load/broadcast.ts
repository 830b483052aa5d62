/**
 * What it costs to tell each of N agents something of its own through the event bus.
 * `node --import tsx e2e/load/broadcast.ts [AGENTS…]` prints JSON; Linux only.
 *
 * - `byKey`: each agent listens to its own key, as the server's mailboxes do.
 * - `byName`: each listens to all events of the name and passes over those of others, as mailboxes did before.
 * - `bare`: the ceiling, a call of each agent's function found by its id in a Map.
 */
/* eslint-disable-next-line @typescript-eslint/no-restricted-imports -- the bus itself is what is measured */
import { createEventBus, EVERY } from '../../server/events';
import { describeMachine } from './measure/describe-machine';
import { median } from './measure/measure';

const ROUNDS = 5;
const SIZES = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [1000, 3000, 10_000];

const results = Object.fromEntries(SIZES.map((agents) => [agents, compare(agents)]));
console.log(JSON.stringify({ benchmark: 'broadcast', machine: describeMachine(), results }, null, 2));

/** All three by turns, so that whatever else the machine does falls on each. */
function compare(agents: number) {
  const hostIds = Array.from({ length: agents }, (_, i) => `01890000-0000-7000-8000-${String(i).padStart(12, '0')}`);
  const ways = { byKey: byKey(hostIds), byName: byName(hostIds), bare: bare(hostIds) };
  const times: Record<keyof typeof ways, number[]> = { byKey: [], byName: [], bare: [] };
  const calls: Partial<Record<keyof typeof ways, number>> = {};
  for (let round = 0; round <= ROUNDS; round++) {
    for (const way of ['byKey', 'byName', 'bare'] as const) {
      const before = process.cpuUsage();
      calls[way] = ways[way]();
      const { user, system } = process.cpuUsage(before);
      // The first is for the machine code that V8 has yet to make.
      if (round > 0) times[way].push((user + system) / 1000);
    }
  }
  const cpuMs = (way: keyof typeof ways) => Number(median(times[way]).toFixed(2));
  return Object.fromEntries(
    (['byKey', 'byName', 'bare'] as const).map((way) => [way, { calls: calls[way], cpuMs: cpuMs(way) }]),
  );
}

/** Each returns a function that tells all of them once and returns how many calls that took. */
function byKey(hostIds: string[]): () => number {
  const events = createEventBus();
  let calls = 0;
  for (const hostId of hostIds) events.listen('host.changed', hostId, () => void calls++);
  return () => {
    calls = 0;
    for (const hostId of hostIds) events.emit('host.changed', { hostId });
    return calls;
  };
}

function byName(hostIds: string[]): () => number {
  const events = createEventBus();
  let calls = 0;
  let told = 0;
  for (const own of hostIds) {
    events.listen('host.changed', EVERY, ({ hostId }) => {
      calls++;
      if (hostId === own) told++;
    });
  }
  return () => {
    calls = 0;
    for (const hostId of hostIds) events.emit('host.changed', { hostId });
    if (told % hostIds.length !== 0) throw new Error('somebody was not told');
    return calls;
  };
}

function bare(hostIds: string[]): () => number {
  let calls = 0;
  const agents = new Map(hostIds.map((hostId) => [hostId, () => void calls++]));
  return () => {
    calls = 0;
    for (const hostId of hostIds) agents.get(hostId)!();
    return calls;
  };
}
