import type { Machine } from './testing-machine';
import type { Network } from './testing-network';
import type { Server } from './testing-server';
import { FAULTY_MS, type World } from './testing-world';

/** What people command, and which of it they cancel. */
export function plantCommands(world: World, { server, network }: { server: Server; network: Network }): void {
  const { truths, rows, now, at, next, chance, between, pick, say } = world;
  const made = 3 + Math.floor(next() * 8);
  const spreadMs = pick([FAULTY_MS * 0.8, 3_000]);
  for (let index = 0; index < made; index++) {
    const runId = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
    at(between(0, spreadMs), () => {
      server.make(runId);
      network.look();
      if (!chance(0.2)) return;
      at(now() + between(0, 30_000), () => {
        if (rows.get(runId)!.deadline === Infinity) return;
        say(`${runId} is cancelled`);
        truths.get(runId)!.cancelledAt = now();
        server.cancel(runId);
        network.look();
      });
    });
  }
}

/** What else happens to a machine. */
export function plantMishaps(world: World, machine: Machine): void {
  const { at, chance, between, pick, likely, say } = world;
  for (let crashes = pick([0, 1, 3, 6]); crashes > 0; crashes--) {
    at(between(0, FAULTY_MS), () => machine.crash('of a signal', () => chance(0.5)));
  }
  if (likely.full) {
    const from = between(0, FAULTY_MS);
    at(from, () => {
      say('the disk is full');
      machine.setFull(true);
    });
    at(Math.min(FAULTY_MS, from + between(0, 30_000)), () => {
      say('the disk has room');
      machine.setFull(false);
    });
  }
  if (!likely.jumps) return;
  for (let jumps = 3; jumps > 0; jumps--) {
    at(between(0, pick([FAULTY_MS, 30_000])), () => {
      world.wallOffset += pick([-1, 1]) * pick([5_000, 3_600_000, 86_400_000]);
      say('the clock is set');
    });
  }
}
