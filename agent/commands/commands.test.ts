import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startAgentProcess } from '../process/testing-process';
import { setUpRun } from '../testing-run';
import type { Command } from './command-kinds';
import type { RunUpdate } from './protocol';

const idOf = (nth: number) => `0190a1b2-0000-7000-8000-${String(nth).padStart(12, '0')}`;
const due = (nth: number, command: Command, timeoutSeconds = 60) => ({
  runId: idOf(nth),
  command,
  timeoutSeconds,
  expiresInSeconds: 600,
});
const script = (text: string): Command => ({ kind: 'execute_shell', script: text });

/** A server, and the built agent as a process of its own, which is approved and connected. */
async function setUpAgent(settings = '') {
  const all = await setUpRun();
  const { state, server, folder, start } = all;
  await start({ once: true });
  if (settings) writeFileSync(join(folder, 'agent.yaml'), settings);
  const scratch = mkdtempSync(join(tmpdir(), 'sysmanage-commands-test-'));
  onTestFinished(() => rmSync(scratch, { recursive: true, force: true }));
  const startAgent = async () => {
    const before = state.reporting;
    const agent = startAgentProcess(['--state-dir', folder, '--server', server.url.href]);
    await state.until(() => state.reporting > before);
    return agent;
  };
  const updates = (nth: number): RunUpdate[] =>
    state.runReports.flatMap((report) => report.updates.filter(({ runId }) => runId === idOf(nth)));
  const over = async (nth: number) => {
    const find = () => updates(nth).find((update) => !['received', 'running'].includes(update.state));
    await state.until(() => find() !== undefined);
    return find()!;
  };
  /** The bytes as they were written, put together as a server does it. */
  const output = (nth: number, stream?: string) => {
    const parts: Buffer[] = [];
    let next = 0;
    for (const chunk of state.runReports
      .flatMap((report) => report.output)
      .filter(({ runId }) => runId === idOf(nth))) {
      const bytes = Buffer.from(chunk.data, 'base64');
      const known = Math.max(0, next - chunk.offset);
      if (known >= bytes.length) continue;
      next = chunk.offset + bytes.length;
      if (!stream || chunk.stream === stream) parts.push(bytes.subarray(known));
    }
    return Buffer.concat(parts);
  };
  const tell = (...runs: ReturnType<typeof due>[]) => state.tell({ kind: 'commands', runs });
  return { ...all, scratch, startAgent, updates, over, output, tell };
}

const kill = async (child: ChildProcess) => {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
};

it('runs what it is told in its order, once, and says what came of it and every byte that was written', async () => {
  const { state, startAgent, tell, over, output, updates, scratch } = await setUpAgent();
  await startAgent();
  const trace = join(scratch, 'trace');
  const first = due(1, {
    kind: 'execute_shell',
    script: `echo once >>"$TRACE"; echo "$TOKEN" | tr -d '\\n' >&2; printf 'a\\000\\377b'; printf 'problem' >&2; cat; pwd; exit 3`,
    environment: [
      { name: 'TRACE', value: trace },
      { name: 'TOKEN', value: 'hunter22', isSecret: true },
    ],
    workingDirectory: scratch,
    input: 'from input\n',
  });
  tell(
    first,
    due(2, { kind: 'teleport' } as never),
    due(3, script('kill -SEGV $$')),
    due(4, { kind: 'list_processes' }),
  );
  tell(first);
  expect(await over(1)).toMatchObject({ state: 'failed', exitCode: 3, reason: 'exit_code' });
  expect(await over(2)).toMatchObject({ state: 'rejected', reason: 'malformed' });
  expect(await over(3)).toMatchObject({ state: 'failed', signal: 'SIGSEGV', reason: 'signal' });
  expect(await over(4)).toMatchObject({ state: 'succeeded', exitCode: 0 });
  expect(output(1, 'stdout')).toEqual(
    Buffer.concat([Buffer.from([97, 0, 255, 98]), Buffer.from(`from input\n${scratch}\n`)]),
  );
  expect(output(1, 'stderr').toString()).toBe('********problem');
  const listed = output(4)
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { pid: number });
  expect(listed.map(({ pid }) => pid)).toContain(process.pid);
  expect(readFileSync(trace, 'utf8')).toBe('once\n');
  expect([...new Set(updates(1).map((update) => update.state))]).toEqual(['received', 'running', 'failed']);
  expect(state.hellos[0]!.commands!.able).toContain('execute_shell');
});

it('ends a run and all that it started when it is cancelled or out of time, also what left its group and its session', async () => {
  const { state, startAgent, tell, over, output, scratch } = await setUpAgent();
  await startAgent();
  const pids = join(scratch, 'pids');
  // One that hears nothing in a session of its own, and one whose parent is gone.
  const stubborn = `setsid sh -c 'trap "" TERM; echo $$ >>${pids}; while :; do sleep 1; done' &
    (setsid sh -c 'echo $$ >>${pids}; exec sleep 1000' &)
    trap 'echo bye; exit 7' TERM; echo $$ >>${pids}; echo ready; while :; do sleep 0.1; done`;
  tell(due(1, script(stubborn)), due(2, script('exec sleep 1000'), 1), due(3, script('echo never')));
  await state.until(() => output(1).includes('ready'));
  expect(await over(2)).toMatchObject({ state: 'timed_out', signal: 'SIGTERM' });
  await expect.poll(() => readFileSync(pids, 'utf8').trim().split('\n').length).toBe(3);
  state.tell({ kind: 'cancel', runIds: [idOf(1), idOf(9)] });
  expect(await over(1)).toMatchObject({ state: 'cancelled', exitCode: 7 });
  expect(await over(9)).toMatchObject({ state: 'cancelled' });
  tell(due(9, script('echo never')));
  expect(output(1, 'stdout').toString()).toBe('ready\nbye\n');
  await expect
    .poll(() =>
      readFileSync(pids, 'utf8')
        .trim()
        .split('\n')
        .filter((pid) => isAlive(Number(pid))),
    )
    .toEqual([]);
  await over(3);
  expect(output(9).toString()).toBe('');
});

it('was killed in the middle of a run: it does not know how that ended, does not begin it again, and has what was written', async () => {
  const { state, startAgent, tell, over, output, updates, scratch } = await setUpAgent('commands:\n  concurrency: 1\n');
  const agent = await startAgent();
  const [trace, pid] = [join(scratch, 'trace'), join(scratch, 'pid')];
  tell(
    due(1, script(`echo begun >>${trace}; echo $$ >${pid}; echo so far; exec sleep 1000`)),
    due(2, script(`echo second >>${trace}`)),
  );
  await state.until(() => output(1).toString() === 'so far\n' && updates(2).length > 0);
  const leftOver = state.runReports.length;
  await kill(agent.child);
  await startAgent();
  expect(await over(1)).toMatchObject({ state: 'unknown', reason: 'agent_stopped', outputBytes: 7 });
  expect(await over(2)).toMatchObject({ state: 'succeeded' });
  tell(due(1, script(`echo again >>${trace}`)));
  await state.until(() => state.runReports.slice(leftOver).filter(({ updates }) => updates.some(isUnknown)).length > 1);
  expect(output(1).toString()).toBe('so far\n');
  expect(readFileSync(trace, 'utf8')).toBe('begun\nsecond\n');
  process.kill(Number(readFileSync(pid, 'utf8')), 'SIGKILL');
});

it('keeps to what the owner of the machine has set, and says which rule it was', async () => {
  const settings = 'commands: { forbidden: [list_processes], run_as: [nobody], output_bytes: 4096 }\n';
  const { state, startAgent, tell, over, output } = await setUpAgent(settings);
  await startAgent();
  const asNobody: Command = { kind: 'execute_shell', script: 'id -un; seq 100000', runAs: 'nobody' };
  tell(due(1, { kind: 'list_processes' }), due(2, script('id')), due(3, asNobody));
  expect(await over(1)).toMatchObject({ state: 'rejected', reason: 'forbidden_here', detail: 'commands.forbidden' });
  expect(await over(2)).toMatchObject({ state: 'rejected', reason: 'forbidden_here', detail: 'commands.run_as' });
  const { lock, unable } = state.hellos[0]!.commands!;
  const limits = {
    ...{ forbiddenKinds: ['list_processes'], runAs: ['nobody'], concurrency: 2, outputBytes: 4096 },
    mayRunAsItself: false,
  };
  expect(lock).toEqual({ ...limits, own: limits });
  expect(unable).toContainEqual({ kind: 'list_processes', why: 'forbidden_here', detail: 'commands.forbidden' });
  const last = await over(3);
  if (process.getuid!() !== 0) return expect(last).toMatchObject({ state: 'rejected', reason: 'not_permitted' });
  expect(last.outputBytes).toBe(588_902);
  expect(output(3).toString()).toMatch(/^nobody\n1\n2\n[^]*\n99999\n100000\n$/);
  expect(output(3).length).toBeLessThan(300_000);
});

it.skipIf(process.getuid?.() !== 0)(
  'runs a script as another user, who gets nothing of root’s by its folder, its variables or its PATH',
  async () => {
    const { startAgent, tell, over, output, scratch } = await setUpAgent('commands: { run_as: [nobody] }\n');
    await startAgent();
    chmodSync(scratch, 0o777);
    const programs = join(scratch, 'bin');
    mkdirSync(programs);
    for (const name of ['runuser', 'su', 'sh'])
      writeFileSync(join(programs, name), `#!/bin/sh\nid -un >>${scratch}/who\nexec /bin/sh "$@"\n`, { mode: 0o755 });
    tell(
      due(1, {
        kind: 'execute_shell',
        script: `id -un; folder=$(dirname "$0"); touch "$folder/mine" && echo wrote; mv "$folder" "$folder.mine" && echo moved
          printf '%s|%s|%s|%s\n' "$HOME" "$USER" "$ODD" "$TOKEN"; cat; echo "$folder"`,
        interpreter: 'sh',
        environment: [
          { name: 'PATH', value: `${programs}:/usr/bin:/bin` },
          { name: 'BASH_ENV', value: `${programs}/sh` },
          { name: 'HOME', value: '/elsewhere' },
          { name: 'ODD', value: `it's "$(id -un)" \\ and\na line` },
          { name: 'TOKEN', value: 'hunter22', isSecret: true },
        ],
        input: 'from input\n',
        runAs: 'nobody',
      }),
    );
    expect(await over(1)).toMatchObject({ state: 'succeeded', exitCode: 0 });
    const [said, folder] = output(1, 'stdout')
      .toString()
      .trim()
      .split(/\n(?=[^\n]+$)/) as [string, string];
    expect(said).toBe(`nobody\n/elsewhere|nobody|it's "$(id -un)" \\ and\na line|********\nfrom input`);
    expect(existsSync(folder)).toBe(false);
    expect(readFileSync(join(scratch, 'who'), 'utf8')).toBe('nobody\n');
  },
);

const isUnknown = ({ runId, state }: RunUpdate) => runId === idOf(1) && state === 'unknown';

const isAlive = (pid: number) => {
  try {
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};
