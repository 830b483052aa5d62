/**
 * Agent and server as they are shipped, on both databases: each thing that can go wrong, at each edge of a run. One
 * machine stands at each of the edges when it happens to all of them at once.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Machine, PATIENCE, startWorld, type World } from './testing-fault-world';

interface Run {
  machine: Machine;
  id: string;
  /** Its script goes on, and ends. */
  go(): void;
  state(): Promise<string>;
  output(): Promise<string>;
  /** How often it began. */
  times(): number;
}

/** Opening the journal to write it, or to sync it: so often before the one that is meant. */
const BEFORE = { received: 0, running: 2 };

const isOver = (run: Run) => new RegExp(`"of":"over","runId":"${run.id}"`).test(run.machine.journal());

/** Brings a run to the edge and leaves it there. The last one holds up what the others need. */
const EDGES: [name: string, reach: (machine: Machine, send: () => Promise<Run>, world: World) => Promise<Run>][] = [
  [
    'sent, not received',
    async ({ gate }, send) => {
      gate.hold('toAgent');
      const run = await send();
      await expect.poll(run.state, PATIENCE).toBe('sent');
      await expect.poll(() => gate.waiting('toAgent'), PATIENCE).toBeGreaterThan(0);
      return run;
    },
  ],
  [
    'received, not in the journal',
    async (machine, send) => {
      machine.stopAfter(BEFORE.received);
      const run = await send();
      await machine.untilStopped();
      expect(machine.journal()).not.toContain(run.id);
      return run;
    },
  ],
  [
    'in the journal, not started',
    async (machine, send) => {
      machine.stopAfter(BEFORE.running);
      const run = await send();
      await machine.untilStopped();
      expect(machine.journal()).toContain(run.id);
      expect(machine.journal()).not.toContain(`"of":"running","runId":"${run.id}"`);
      return run;
    },
  ],
  ['running', (_, send) => begun(send)],
  [
    'over, not reported',
    async ({ gate }, send) => {
      const run = await begun(send);
      gate.hold('toServer');
      run.go();
      await expect.poll(() => isOver(run), PATIENCE).toBe(true);
      return run;
    },
  ],
  [
    'stored, not answered',
    async ({ gate }, send) => {
      const run = await begun(send);
      gate.hold('toAgent');
      run.go();
      const state = async () => {
        const now = await run.state();
        // Answers of what was said before: it says one thing at a time.
        if (now !== 'succeeded') await gate.release('toAgent');
        gate.hold('toAgent');
        return now;
      };
      await expect.poll(state, PATIENCE).toBe('succeeded');
      return run;
    },
  ],
  [
    'not sent',
    async ({ gate, hostId }, send, { admin }) => {
      gate.close();
      gate.cut();
      const state = () => admin.hosts.byId.query({ hostId }).then(({ host }) => host.state);
      await expect.poll(state, PATIENCE).toBe('down');
      const run = await send();
      expect(await run.state()).toBe('queued');
      return run;
    },
  ],
  [
    'reported, not stored',
    async ({ gate }, send, world) => {
      const run = await begun(send);
      gate.hold('toServer');
      run.go();
      await expect.poll(() => isOver(run), PATIENCE).toBe(true);
      await expect.poll(() => gate.waiting('toServer'), PATIENCE).toBeGreaterThan(0);
      // It lies at the server's door, which stands still from here on.
      world.stopServer();
      await gate.release('toServer');
      return run;
    },
  ],
];

async function begun(send: () => Promise<Run>): Promise<Run> {
  const run = await send();
  await expect.poll(run.output, PATIENCE).toBe('begun\n');
  return run;
}

const RUNNING = EDGES.findIndex(([name]) => name === 'running');
const IN_JOURNAL = EDGES.findIndex(([name]) => name === 'in the journal, not started');

function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'sysmanage-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'sysmanage', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder]);
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(folder);
  }
}
const hasDisks = canMount();

describe.each(['postgresql', 'pglite'] as const)('on %s', (kind) => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld(kind, EDGES.length, hasDisks);
  }, 120_000);
  afterAll(() => world?.stop());

  let sent = 0;
  async function send(machine: Machine, script: (trace: string, go: string) => string): Promise<Run> {
    const [trace, go] = [join(world.scratch, `trace-${++sent}`), join(world.scratch, `go-${sent}`)];
    const { admin } = world;
    const { hostId } = machine;
    const parameters = { script: script(trace, go) };
    const { id } = await admin.commands.send.mutate({
      kind: 'execute_shell',
      parameters,
      targets: { hostIds: [hostId] },
    });
    return {
      machine,
      id,
      go: () => writeFileSync(go, ''),
      state: async () => (await admin.commands.run.query({ commandId: id, hostId })).run.state,
      output: async () => {
        const { pieces } = await admin.commands.output.query({ commandId: id, hostId });
        return pieces.map(({ data }) => Buffer.from(data, 'base64').toString()).join('');
      },
      times: () => (existsSync(trace) ? readFileSync(trace, 'utf8').trim().split('\n').length : 0),
    };
  }

  /** @param padOf what is added to a script, which is a comment */
  const sendWaiting = (machine: Machine, padOf: (script: string) => string) =>
    send(machine, (trace, go) => {
      const wait = `while [ -e ${trace} ] && [ ! -e ${go} ]; do sleep 0.05; done`;
      const script = `echo once >>${trace}; echo begun; ${wait}; echo done\n#`;
      return script + padOf(script);
    });

  /** A run at each edge, each on a machine of its own. */
  async function reachEdges(padOf: (nth: number, script: string) => string = () => ''): Promise<Run[]> {
    const reach = (nth: number) => {
      const machine = world.machines[nth]!;
      return EDGES[nth]![1](machine, () => sendWaiting(machine, (script) => padOf(nth, script)), world);
    };
    const last = EDGES.length - 1;
    const runs = await Promise.all(EDGES.slice(0, last).map((_, nth) => reach(nth)));
    return [...runs, await reach(last)];
  }

  /** Nothing is held up any more. */
  async function letGo(runs: Run[]): Promise<void> {
    world.serverGoesOn();
    for (const { machine, go } of runs) {
      go();
      machine.goOn();
      machine.gate.open();
      await Promise.all([machine.gate.release('toServer'), machine.gate.release('toAgent')]);
    }
  }

  /** Each ended as it did, once, with all that it wrote; and its machine does the next thing. */
  async function judge(runs: Run[], states: Partial<Record<number, string>> = {}): Promise<void> {
    const judgeOne = async (run: Run, nth: number) => {
      const [edge] = EDGES[nth]!;
      const state = states[nth] ?? 'succeeded';
      await expect.poll(run.state, { ...PATIENCE, message: edge }).toBe(state);
      const next = await send(run.machine, () => 'echo next');
      await expect.poll(next.state, { ...PATIENCE, message: `after: ${edge}` }).toBe('succeeded');
      expect(await next.output(), edge).toBe('next\n');
      expect(await run.state(), edge).toBe(state);
      expect(run.times(), edge).toBe(1);
      expect(await run.output(), edge).toBe(state === 'unknown' ? 'begun\n' : 'begun\ndone\n');
      // It has let go of both: from here on nothing more is written.
      for (const { id } of [run, next])
        await expect.poll(run.machine.journal, PATIENCE).toContain(`"of":"settled","runId":"${id}"`);
    };
    await Promise.all(runs.map(judgeOne));
    expect((await world.admin.commands.list.query({ show: 'open' })).commands).toEqual([]);
  }

  test('the agent is killed', async () => {
    const runs = await reachEdges();
    await Promise.all(world.machines.map((machine) => machine.restart()));
    await letGo(runs);
    // Nobody saw how that one ended.
    await judge(runs, { [RUNNING]: 'unknown' });
  }, 120_000);

  test('the server is killed', async () => {
    const runs = await reachEdges();
    for (const { gate } of world.machines) gate.close();
    await world.killServer();
    await letGo(runs);
    await judge(runs);
  }, 120_000);

  // The embedded one is the server's process.
  test.runIf(kind === 'postgresql')(
    'the database crashes',
    async () => {
      const runs = await reachEdges();
      await world.crashDatabase();
      await letGo(runs);
      await judge(runs);
    },
    120_000,
  );

  test('the connection is cut', async () => {
    const runs = await reachEdges();
    for (const { gate } of world.machines) gate.cut();
    await letGo(runs);
    await judge(runs);
  }, 120_000);

  test('the connection is half open', async () => {
    const runs = await reachEdges();
    for (const { gate } of world.machines) gate.goDead();
    await letGo(runs);
    await judge(runs);
  }, 120_000);

  test.runIf(hasDisks)(
    'the disk is full',
    async () => {
      const before = world.machines.map(({ journal }) => journal());
      // What is written next does not fit into what the file has already, wherever that is the journal.
      const next: Partial<Record<string, number>> = { [IN_JOURNAL]: 0, [RUNNING]: lineOf('running', before[RUNNING]!) };
      const runs = await reachEdges((nth, script) => {
        const room = next[nth];
        return room === undefined ? '#'.repeat(2 * BLOCK) : '#'.repeat(toFill(before[nth]!, script, room + ROOM));
      });
      for (const nth of [IN_JOURNAL, RUNNING])
        expect(BLOCK - (Buffer.byteLength(world.machines[nth]!.journal()) % BLOCK), EDGES[nth]![0]).toBeLessThan(
          2 * ROOM,
        );
      const fillers = world.machines.map(({ stateDir }) => fill(join(stateDir, 'filler')));
      await letGo(runs);
      const mustWrite = ['sent, not received', 'received, not in the journal', 'not sent'];
      for (const [nth, [edge]] of EDGES.entries())
        if (mustWrite.includes(edge) || nth in next)
          await expect
            .poll(() => world.machines[nth]!.agent().output(), { ...PATIENCE, message: edge })
            .toContain('cannot write what was commanded: ENOSPC');
      expect(runs[IN_JOURNAL]!.times()).toBe(0);
      expect(isOver(runs[RUNNING]!)).toBe(false);
      for (const filler of fillers) rmSync(filler);
      await judge(runs);
    },
    120_000,
  );
});

/** Of the file system: what is behind the end of a file in its last one can be written when all others are taken. */
const BLOCK = 4096;
/** Less than any line of a journal. */
const ROOM = 50;

/** Bytes of its latest line of that kind. */
function lineOf(what: string, journal: string): number {
  const line = journal.split('\n').findLast((one) => one.includes(`"of":"${what}"`))!;
  return Buffer.byteLength(line) + 1;
}

/** How many bytes make the journal end so many before the end of a block, once it has a line with this script. */
function toFill(journal: string, script: string, before: number): number {
  const latest = journal.split('\n').findLast((one) => one.includes('"of":"received"'))!;
  const [, former] = /"script":("(?:[^"\\]|\\.)*")/.exec(latest)!;
  const line = Buffer.byteLength(latest) + 1 - former!.length + JSON.stringify(script).length;
  const end = Buffer.byteLength(journal) + line + before;
  return (BLOCK - (end % BLOCK)) % BLOCK;
}

/** Takes all the room there is. */
function fill(path: string): string {
  for (;;) {
    try {
      writeFileSync(path, Buffer.alloc(4096), { flag: 'a' });
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' });
      return path;
    }
  }
}
