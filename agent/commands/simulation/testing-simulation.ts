/**
 * An agent's runs against a server, over a network, a disk, a clock and processes that are all made up from one seed.
 * The rules of both ends are those that ship. Not part of the agent. The same seed is the same history.
 */
import { judge } from './testing-judge';
import { createMachine, type Machine } from './testing-machine';
import { createNetwork, type Network } from './testing-network';
import { plantCommands, plantMishaps } from './testing-people';
import { createRandom } from './testing-random';
import { createSchedule } from './testing-schedule';
import { createServer } from './testing-server';
import { FAULTY_MS, inventFaults, type Rules, type World } from './testing-world';

const CALM_MS = 3_600_000;
/** A history has about a thousand. */
const MOST_EVENTS = 100_000;

export interface History {
  seed: number;
  /** What went wrong; empty when nothing did. */
  faults: string[];
  /** What happened, a line each, in order. */
  log: string[];
}

/** Plays the history of a seed. `isLogged`: with what happened in it, which takes a third of the time. */
export function simulate(seed: number, rules: Rules, isLogged = false): History {
  const random = createRandom(seed);
  const schedule = createSchedule();
  const log: string[] = [];
  const faults: string[] = [];
  const say = (line: string) => void (isLogged && log.push(`${schedule.now().toFixed(0).padStart(8)} ${line}`));
  const world: World = {
    ...{ ...random, ...schedule, rules, likely: inventFaults(random), wallOffset: 1_700_000_000_000 },
    ...{ truths: new Map(), rows: new Map(), isFaulty: () => schedule.now() < FAULTY_MS, say },
    wrong(what) {
      if (!faults.includes(what)) faults.push(what);
      say(`WRONG: ${what}`);
    },
  };
  const server = createServer(world, { deaths: () => machine.deaths() });
  const network: Network = createNetwork(world, server, () => machine);
  const machine: Machine = createMachine(world, () => network);
  world.at(0, server.sweep);
  plantCommands(world, { server, network });
  plantMishaps(world, machine);
  machine.start();
  if (!world.run(FAULTY_MS + CALM_MS, MOST_EVENTS)) world.wrong('it never came to rest');
  for (const runId of world.truths.keys()) judge(world, runId);
  return { seed, faults, log };
}
