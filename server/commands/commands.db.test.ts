import { createHash, randomUUID } from 'node:crypto';
import { eq, inArray, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { type CommandAbilities, COMMANDS_PER_ITEM } from '../../agent/commands/protocol';
import { auditPending, auditRecords, commandOutputs, commandRuns, commands, hostAbilities } from '../../db/schema';
import { EVERY } from '../events';
import { seedHosts } from '../hosts/testing';
import { administratorOf, callerFor, personOf, personOn, testServices } from '../testing';
import { sweepDeadlines } from './runs/sweep-deadlines';
import { ABLE, connectedAs, makeAble } from './testing';

const RESTART = { kind: 'restart_service', parameters: { service: 'nginx', action: 'restart' } } as const;
const SCRIPT = { kind: 'execute_shell', parameters: { script: 'uptime' } } as const;

const RUN_AS = { script: 'id', runAs: 'nobody' };
const LOCK = { ...ABLE.lock, runAs: ['www-data'] };
const INSTALL = { kind: 'install_package' };
const SECURITY = { kind: 'update_system', parameters: { scope: 'security' } };

async function startWorld(names = ['a.example.com', 'b.example.com'], environment: Record<string, string> = {}) {
  const services = await testServices(environment);
  const hostIds = await seedHosts(
    services.db,
    names.map((fqdn) => ({ fqdn })),
  );
  await makeAble(services, hostIds);
  const admin = await administratorOf(services);
  const send = (more: object = {}) => admin.commands.send({ ...RESTART, targets: { hostIds: [hostIds[0]!] }, ...more });
  const run = (commandId: string, hostId = hostIds[0]!) =>
    admin.commands.run({ commandId, hostId }).then(({ run }) => run);
  return { services, hostIds, admin, send, run, host: connectedAs(services, hostIds[0]!) };
}

const pass = (services: { db: Awaited<ReturnType<typeof testServices>>['db'] }, seconds: number) =>
  services.db.update(commandRuns).set({ deadline: sql`deadline - make_interval(secs => ${seconds})` });

test('a command is told to each of its hosts, and what they say is what it shows', async () => {
  const { services, hostIds, admin, send, run, host } = await startWorld();
  const woken: string[] = [];
  services.events.listen('inbox.changed', EVERY, ({ hostId, kind }) => woken.push(`${kind} ${hostId}`));
  const { id, counts } = await send({ targets: { all: true } });
  expect(counts).toMatchObject({ queued: 2 });
  expect(woken.sort()).toEqual(hostIds.map((hostId) => `commands ${hostId}`).sort());

  const { runs } = await host.told('commands');
  expect(runs).toEqual([
    {
      ...{ runId: id, timeoutSeconds: 3600, expiresInSeconds: expect.closeTo(86_400, -2) },
      command: { kind: 'restart_service', service: 'nginx', action: 'restart' },
    },
  ]);
  expect((await run(id)).state).toBe('sent');
  expect((await run(id, hostIds[1])).state).toBe('queued');

  expect(await host.says(id, 'received')).toEqual({ over: [] });
  expect(await run(id)).toMatchObject({ state: 'received', receivedAt: expect.any(String) });
  await host.says(id, 'running', { state: 'failed', exitCode: 3, reason: 'exit_code', durationMs: 1500 });
  const ended = await run(id);
  expect(ended).toMatchObject({ state: 'failed', exitCode: 3, reason: 'exit_code', deadline: null, overruled: null });
  expect(Date.parse(ended.endedAt!) - Date.parse(ended.startedAt!)).toBe(1500);
  expect((await admin.commands.byId({ commandId: id })).counts).toMatchObject({ failed: 1, queued: 1 });
  const listed = await admin.commands.runs({ commandId: id });
  expect(listed.runs.map(({ state }) => state)).toEqual(['failed', 'queued']);
});

test('a host that was away is told what is due in its order, and what has expired not at all', async () => {
  const { services, send, host } = await startWorld();
  const first = await send();
  const expired = await send({ expiresAt: new Date(Date.now() + 1000).toISOString() });
  const last = await send();
  await services.db
    .update(commandRuns)
    .set({ deadline: sql`now()` })
    .where(eq(commandRuns.commandId, expired.id));
  const { runs } = await host.told('commands');
  expect(runs.map(({ runId }) => runId)).toEqual([first.id, last.id]);
  // Not answered, it is told again.
  expect((await host.told('commands')).runs).toHaveLength(2);
  await host.says(first.id, 'received');
  expect((await host.told('commands')).runs.map(({ runId }) => runId)).toEqual([last.id]);
});

test('what is more than one message holds is told when that is received', async () => {
  const { services, hostIds, send, host } = await startWorld();
  const script = '#'.repeat(60_000);
  const sent = [];
  for (let i = 0; i < 4; i++) sent.push((await send({ kind: 'execute_shell', parameters: { script } })).id);
  const woken: string[] = [];
  services.events.listen('inbox.changed', hostIds[0]!, ({ kind }) => woken.push(kind));
  const { runs } = await host.told('commands');
  expect(runs.map(({ runId }) => runId)).toEqual(sent.slice(0, 2));
  expect(woken).toEqual([]);
  for (const { runId } of runs) await host.says(runId, 'received');
  expect(woken).toContain('commands');
  expect((await host.told('commands')).runs.map(({ runId }) => runId)).toEqual(sent.slice(2));
});

describe('what a machine says again', () => {
  test('changes nothing, and its output is stored once, however it is cut', async () => {
    const { services, hostIds, admin, send, run, host } = await startWorld();
    const { id } = await send();
    await host.says(id, 'received', 'running');
    await host.wrote(id, 0, 'one\n');
    await host.wrote(id, 4, 'two\n', 'stderr');
    await host.wrote(id, 0, 'one\n');
    // Cut at another place.
    await host.report({
      output: [{ runId: id, stream: 'stdout', offset: 6, data: Buffer.from('o\nthree\n').toString('base64') }],
    });
    await host.says(id, 'received', 'running', { state: 'succeeded', exitCode: 0, outputBytes: 14 });
    const { endedAt } = await run(id);
    expect(await host.says(id, 'running', { state: 'succeeded', exitCode: 0, agoMs: 5000 })).toEqual({ over: [id] });
    expect(await run(id)).toMatchObject({ state: 'succeeded', outputBytes: 14, endedAt });
    const { pieces, next } = await admin.commands.output({ commandId: id, hostId: hostIds[0]! });
    expect(pieces.map(({ stream, offset, data }) => [stream, offset, Buffer.from(data, 'base64').toString()])).toEqual([
      ['stdout', 0, 'one\n'],
      ['stderr', 4, 'two\n'],
      ['stdout', 8, 'three\n'],
    ]);
    expect(next).toBeNull();
    expect(await services.db.$count(commandOutputs)).toBe(3);
  });

  test('of a run that is none of its is told to be over, and nothing of it is kept', async () => {
    const { services, hostIds, send, run, host } = await startWorld();
    const { id } = await send();
    const other = connectedAs(services, hostIds[1]!);
    expect(await other.says(id, 'running')).toEqual({ over: [id] });
    await other.wrote(id, 0, 'not mine');
    expect((await run(id)).state).toBe('queued');
    expect(await services.db.$count(commandOutputs)).toBe(0);
    expect(await host.says('01890000-0000-7000-8000-000000000000', 'received')).toEqual({
      over: ['01890000-0000-7000-8000-000000000000'],
    });
  });
});

test('of output that is too much the middle goes, and how much that is stays known', async () => {
  const { hostIds, admin, send, run, host } = await startWorld(['a.example.com'], {
    SYSMANAGE_COMMANDS_OUTPUT_BYTES: '2048',
  });
  const { id } = await send();
  await host.says(id, 'running');
  for (let at = 0; at < 10; at++) await host.wrote(id, at * 512, String(at).repeat(512));
  const { pieces } = await admin.commands.output({ commandId: id, hostId: hostIds[0]! });
  expect(pieces.map(({ offset }) => offset / 512)).toEqual([0, 1, 8, 9]);
  expect((await run(id)).outputBytes).toBe(5120);
});

describe('hosts that wrote the same', () => {
  const named = ['a', 'b', 'c', 'd'].map((name) => `${name}.example.com`);

  async function startOutputs() {
    const world = await startWorld(named, { SYSMANAGE_COMMANDS_OUTPUT_BYTES: '2048' });
    const { services, hostIds, send } = world;
    const { id } = await send({ targets: { all: true } });
    const ended = { state: 'succeeded', durationMs: 1 } as const;
    /** In as many pieces as are given. */
    const writes = async (nth: number, ...pieces: string[]) => {
      const host = connectedAs(services, hostIds[nth]!);
      await host.says(id, 'running');
      let at = 0;
      for (const piece of pieces) {
        await host.wrote(id, at, piece);
        at += piece.length;
      }
      await host.says(id, { ...ended, outputBytes: at });
    };
    return { ...world, id, writes, ended };
  }

  test('are one group, however it was cut, and each group is a filter', async () => {
    const { hostIds, admin, id, writes } = await startOutputs();
    await writes(1, 'other\n');
    await writes(0, 'one\n', 'two\n');
    await writes(2, 'one\ntwo\n');
    const found = await admin.commands.differences({ commandId: id });
    expect(found).toMatchObject({ others: 0, notCompared: 1 });
    expect(found.groups).toMatchObject([
      { count: 2, output: createHash('sha256').update('one\ntwo\n').digest('hex') },
      { count: 1, hostId: hostIds[1], fqdn: 'b.example.com' },
    ]);
    const { output } = found.groups[0]!;
    const { runs } = await admin.commands.runs({ commandId: id, output });
    expect(runs.map(({ hostId }) => hostId).sort()).toEqual([hostIds[0], hostIds[2]].sort());
    expect((await admin.commands.page({ commandId: id, output })).squares).toHaveLength(2);
    // What comes after its end is of it as well.
    await writes(3, 'one\ntwo\n');
    expect((await admin.commands.differences({ commandId: id })).groups[0]).toMatchObject({ count: 3, output });
  });

  test('wrote nothing, or as far as it is kept the same', async () => {
    const { services, hostIds, admin, id, writes } = await startOutputs();
    await writes(0);
    await writes(1);
    const long = (middle: string) => ['a', middle, middle, 'z'].map((letter) => letter.repeat(1024));
    await writes(2, ...long('b'));
    await writes(3, ...long('c'));
    const { groups } = await admin.commands.differences({ commandId: id });
    expect(groups.map(({ count }) => count)).toEqual([2, 2]);
    // One that did not run wrote nothing either, and is not compared.
    const { id: other } = await admin.commands.send({ ...RESTART, targets: { hostIds: [hostIds[0]!] } });
    await connectedAs(services, hostIds[0]!).says(other, { state: 'rejected', reason: 'forbidden_here' });
    expect(await admin.commands.differences({ commandId: other })).toEqual({ groups: [], others: 0, notCompared: 1 });
  });

  test('are those that the caller may see', async () => {
    const { services, hostIds, id, writes } = await startOutputs();
    await writes(0, 'same');
    await writes(1, 'same');
    const some = await personOn(services, { role: 'operator', hostIds: [hostIds[1]!] });
    expect((await some.commands.differences({ commandId: id })).groups).toMatchObject([
      { count: 1, hostId: hostIds[1] },
    ]);
  });
});

test('what a host can run, and what its owner has set, is shown as its machine says it', async () => {
  const services = await testServices();
  const [able, silent, old] = (await seedHosts(services.db, [{}, {}, {}])) as [string, string, string];
  const unable = [{ kind: 'reboot_system', why: 'missing_tool' as const, detail: 'shutdown' }];
  await makeAble(services, [able], { unable, lock: LOCK });
  await connectedAs(services, old).hello();
  const admin = await administratorOf(services);
  const limits = { ...LOCK, mayRunAsItself: null };
  expect(await admin.commands.abilities({ hostId: able })).toEqual({
    abilities: { ...ABLE, unable, names: null, lock: { ...limits, own: null } },
  });
  const own = { ...limits, mayRunAsItself: false };
  const said = { ...ABLE, names: { withSlash: true, ofSecurityUpdates: false }, lock: { ...own, runAs: [], own } };
  await services.db.update(hostAbilities).set({ abilities: said }).where(eq(hostAbilities.hostId, able));
  expect(await admin.commands.abilities({ hostId: able })).toEqual({ abilities: said });
  for (const hostId of [silent, old]) expect(await admin.commands.abilities({ hostId })).toEqual({ abilities: null });
  await expect(admin.commands.abilities({ hostId: randomUUID() })).rejects.toMatchObject({ appCode: 'host.not_found' });
});

test('of a run that is over nothing more is taken, unless that it is over is only our guess', async () => {
  const { services, hostIds, admin, send, run, host } = await startWorld();
  const output = async (commandId: string) =>
    (await admin.commands.output({ commandId, hostId: hostIds[0]! })).pieces
      .map(({ data }) => Buffer.from(data, 'base64').toString())
      .join('');
  const digests = () =>
    services.db
      .select({ digest: commandRuns.outputDigest })
      .from(commandRuns)
      .where(eq(commandRuns.hostId, hostIds[0]!));
  for (const state of ['succeeded', 'timed_out', 'unknown'] as const) {
    const { id } = await send();
    await host.says(id, 'running');
    await host.wrote(id, 0, 'all');
    await host.says(id, { state, outputBytes: 3, ...(state === 'unknown' && { reason: 'agent_stopped' }) });
    const [before, kept] = [await run(id), await digests()];
    await host.wrote(id, 3, ' and more');
    expect(await run(id), state).toEqual(before);
    expect(await output(id)).toBe('all');
    expect(await digests()).toEqual(kept);
  }
  const { id } = await send();
  await host.says(id, 'running');
  await pass(services, 2 * 86_400);
  await sweepDeadlines(services);
  expect(await run(id)).toMatchObject({ state: 'unknown', reason: 'not_reported' });
  await host.wrote(id, 0, 'late');
  expect(await output(id)).toBe('late');
  await host.says(id, { state: 'succeeded', exitCode: 0, outputBytes: 4 });
  expect(await run(id)).toMatchObject({ state: 'succeeded', overruled: 'unknown', outputBytes: 4 });
  expect((await digests()).every(({ digest }) => digest !== null)).toBe(true);
});

test('whatever numbers a machine says are kept', async () => {
  const { send, run, host } = await startWorld();
  const { id } = await send();
  // As an access violation on Windows has it.
  const exitCode = 0xc000_0005;
  const most = Number.MAX_SAFE_INTEGER;
  await host.says(id, { state: 'failed', exitCode, agoMs: most, durationMs: most, outputBytes: most });
  expect(await run(id)).toMatchObject({ state: 'failed', exitCode, outputBytes: most });
});

describe('a run that nothing ends', () => {
  test('expires when no machine was told', async () => {
    const { services, send, run, host } = await startWorld();
    const { id } = await send();
    expect(await sweepDeadlines(services)).toBe(0);
    await pass(services, 2 * 86_400);
    expect(await sweepDeadlines(services)).toBe(1);
    expect(await run(id)).toMatchObject({ state: 'expired', deadline: null, reason: null });
    expect(await sweepDeadlines(services)).toBe(0);
    // Whatever is said of it.
    expect(await host.says(id, 'received')).toEqual({ over: [id] });
  });

  test.each([
    ['sent', []],
    ['received', ['received']],
    ['running', ['received', 'running']],
  ] as const)('is unknown once it was %s, until the machine says how it ended', async (state, said) => {
    const { services, send, run, host } = await startWorld();
    const { id } = await send();
    await host.told('commands');
    if (said.length > 0) await host.says(id, ...said);
    expect(await run(id)).toMatchObject({ state });
    await pass(services, 2 * 86_400);
    await sweepDeadlines(services);
    expect(await run(id)).toMatchObject({ state: 'unknown', reason: 'not_reported', deadline: null });
    await host.says(id, { state: 'succeeded', exitCode: 0 });
    expect(await run(id)).toMatchObject({ state: 'succeeded', overruled: 'unknown', exitCode: 0, reason: null });
  });

  test('is unknown for good when its machine has said so: what comes after that was sent before', async () => {
    const { send, run, host } = await startWorld();
    const { id } = await send();
    await host.says(id, 'received', 'running', { state: 'unknown', reason: 'agent_stopped' });
    expect(await host.says(id, 'running')).toEqual({ over: [id] });
    expect(await run(id)).toMatchObject({ state: 'unknown', reason: 'agent_stopped', overruled: null, deadline: null });
  });

  test('is ended by one of several who sweep at once', async () => {
    const { services, admin } = await startWorld();
    for (let i = 0; i < 10; i++) await admin.commands.send({ ...RESTART, targets: { all: true } });
    await pass(services, 2 * 86_400);
    const swept = await Promise.all([1, 2, 3].map(() => sweepDeadlines(services)));
    expect(swept.reduce((sum, n) => sum + n)).toBe(20);
  });

  test('has more time when it is still running, and no more than that', async () => {
    const { services, send, run, host } = await startWorld();
    const { id } = await send({ timeoutSeconds: 60 });
    await host.says(id, 'running');
    const { deadline } = await run(id);
    await host.wrote(id, 0, 'busy');
    await host.says(id, 'running');
    expect((await run(id)).deadline).toBe(deadline);
    await pass(services, 1000);
    await sweepDeadlines(services);
    await host.says(id, 'running');
    const again = await run(id);
    expect(again).toMatchObject({ state: 'running', overruled: 'unknown' });
    expect(Date.parse(again.deadline!)).toBeGreaterThan(Date.now());
  });
});

describe('cancelling', () => {
  test('ends what no machine was told at once, and has the others say how they ended', async () => {
    const { services, hostIds, admin, send, run, host } = await startWorld();
    const { id } = await send({ targets: { all: true } });
    await host.told('commands');
    await host.says(id, 'running');
    const woken: string[] = [];
    services.events.listen('inbox.changed', EVERY, ({ hostId, kind }) => woken.push(`${kind} ${hostId}`));
    expect(await admin.commands.cancel({ commandId: id })).toEqual({ cancelled: 1, requested: 1 });
    expect(woken).toEqual([`cancel ${hostIds[0]}`]);
    expect(await run(id, hostIds[1])).toMatchObject({ state: 'cancelled', deadline: null });
    expect(await run(id)).toMatchObject({ state: 'running', isCancelRequested: true });
    // The database said so first: it holds for a host that was away, too.
    expect(await host.told('cancel')).toEqual({ kind: 'cancel', runIds: [id] });
    await host.says(id, 'cancelled');
    expect((await run(id)).state).toBe('cancelled');
    expect(await admin.commands.cancel({ commandId: id })).toEqual({ cancelled: 0, requested: 0 });
  });

  test('is of the hosts that were named', async () => {
    const { hostIds, admin, send, run } = await startWorld();
    const { id } = await send({ targets: { all: true } });
    expect(await admin.commands.cancel({ commandId: id, hostIds: [hostIds[1]!] })).toEqual({
      cancelled: 1,
      requested: 0,
    });
    expect((await run(id)).state).toBe('queued');
  });
});

describe('the hosts of a command', () => {
  test('are those of the moment it was sent', async () => {
    const { services, admin, send } = await startWorld();
    const { id } = await send({ targets: { platform: 'linux' } });
    await seedHosts(services.db, [{ fqdn: 'c.example.com', keyFingerprint: 'another' }]);
    expect((await admin.commands.runs({ commandId: id })).runs).toHaveLength(2);
  });

  test('are those of a fleet, or those that satisfy a rule, as far as the caller may', async () => {
    const { services, hostIds, admin, send } = await startWorld();
    const { id: fleetId } = await admin.fleets.create({ name: 'Web' });
    await admin.fleets.putHost({ fleetId, hostId: hostIds[1]! });
    const onFleet = await send({ targets: { fleetId } });
    expect((await admin.commands.runs({ commandId: onFleet.id })).runs.map(({ hostId }) => hostId)).toEqual([
      hostIds[1],
    ]);
    const byRule = await send({ targets: { filter: { filter: 'name starts with "a."' } } });
    expect((await admin.commands.runs({ commandId: byRule.id })).runs.map(({ hostId }) => hostId)).toEqual([
      hostIds[0],
    ]);
    await expect(send({ targets: { filter: { filter: 'name starts' } } })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    });
    // Of a fleet that is not theirs to see nobody learns that there are hosts in it.
    const some = await personOn(services, { role: 'operator', hostIds: [hostIds[0]!] });
    await expect(some.commands.send({ ...RESTART, targets: { fleetId } })).rejects.toMatchObject({
      appCode: 'command.no_targets',
    });
  });

  test('are those of an earlier command, by how it ended there, however many those are', async () => {
    // More than a request could name.
    const many = Array.from({ length: 1005 }, (_, i) => `host-${i}.example.com`);
    const { services, hostIds, admin } = await startWorld(many);
    const { id } = await admin.commands.send({ ...RESTART, targets: { all: true } });
    await services.db.execute(sql`update command_run set deadline = null,
      state = case when host_id = ${hostIds[0]} then 'succeeded' when host_id = ${hostIds[1]} then 'unknown' else 'failed' end`);
    const draft = (states?: ('failed' | 'unknown' | 'succeeded')[]) =>
      ({ ...RESTART, targets: { runsOf: { commandId: id, states } } }) as const;
    expect((await admin.commands.preview(draft())).total).toBe(1005);
    const again = await admin.commands.send({ ...draft(['failed', 'unknown']), targetCount: 1004 });
    expect(again.counts).toMatchObject({ queued: 1004 });
    await expect(admin.commands.run({ commandId: again.id, hostId: hostIds[0]! })).rejects.toMatchObject({
      appCode: 'command.run_not_found',
    });
    const some = await personOn(services, { role: 'operator', hostIds: hostIds.slice(0, 3) });
    expect((await some.commands.send(draft(['failed', 'unknown']))).counts).toMatchObject({ queued: 2 });
    await expect(
      admin.commands.send({ ...RESTART, targets: { runsOf: { commandId: randomUUID() } } }),
    ).rejects.toMatchObject({ appCode: 'command.no_targets' });
  });

  test('lead to it from the page of a fleet that they are in', async () => {
    const { services, hostIds, admin, send } = await startWorld();
    const { id: fleetId } = await admin.fleets.create({ name: 'Web' });
    await admin.fleets.putHost({ fleetId, hostId: hostIds[1]! });
    await send();
    const { id } = await send({ targets: { hostIds } });
    const ofFleet = async (caller: typeof admin) =>
      (await caller.commands.list({ fleetId })).commands.map((command) => command.id);
    expect(await ofFleet(admin)).toEqual([id]);
    expect(await ofFleet(await personOn(services, { role: 'operator', hostIds: [hostIds[0]!] }))).toEqual([]);
  });

  test('are all that were named, or nothing is sent', async () => {
    const { services, hostIds, admin, send } = await startWorld();
    const [pending] = await seedHosts(services.db, [{ approval: 'pending', keyFingerprint: 'another' }]);
    await expect(send({ targets: { hostIds: [hostIds[0]!, pending!] } })).rejects.toMatchObject({
      appCode: 'command.targets_missing',
    });
    await expect(send({ targets: { platform: 'windows' } })).rejects.toMatchObject({ appCode: 'command.no_targets' });
    await expect(send({ targets: { all: true }, targetCount: 3 })).rejects.toMatchObject({
      appCode: 'command.targets_changed',
    });
    await send({ targets: { filter: { search: 'b.example' } }, targetCount: 1 });
    expect(await services.db.$count(commands)).toBe(1);
    expect((await admin.commands.list({})).commands).toHaveLength(1);
  });

  test('that cannot run it are said before, and are told nothing', async () => {
    const services = await testServices();
    const hostIds = await seedHosts(services.db, [{}, {}, {}]);
    await makeAble(services, [hostIds[0]!]);
    await makeAble(services, [hostIds[1]!], {
      able: [],
      unable: [{ kind: 'restart_service', why: 'forbidden_here', detail: 'no_services' }],
    });
    const admin = await administratorOf(services);
    const draft = { ...RESTART, targets: { all: true } } as const;
    expect(await admin.commands.preview(draft)).toEqual({
      total: 3,
      cannot: [{ reason: 'forbidden_here', detail: 'no_services', count: 1 }],
      notTold: 1,
      names: ['host-0.example.com', 'host-1.example.com', 'host-2.example.com'],
    });
    const { id, counts } = await admin.commands.send(draft);
    expect(counts).toMatchObject({ queued: 2, rejected: 1 });
    const refused = await admin.commands.runs({ commandId: id, state: 'rejected' });
    expect(refused.runs).toMatchObject([{ reason: 'forbidden_here', detail: 'no_services' }]);
  });

  const itself = (mayRunAsItself: boolean, own: boolean) => ({
    lock: { ...LOCK, mayRunAsItself, own: { ...LOCK, mayRunAsItself: own } },
  });
  const scriptOf = (more: object) => ({ ...SCRIPT, parameters: { ...SCRIPT.parameters, ...more } });
  const names = (withSlash: boolean, ofSecurityUpdates: boolean) => ({ names: { withSlash, ofSecurityUpdates } });
  test.each<[string, Partial<CommandAbilities>, object, string, string | null]>([
    ['another user', { whyNotRunAs: 'not_permitted' }, scriptOf(RUN_AS), 'not_permitted', 'runAs'],
    ['a user whom the owner forbids', { lock: LOCK }, scriptOf(RUN_AS), 'forbidden_here', 'commands.run_as'],
    [
      'a user whom the configuration forbids',
      { lock: { ...LOCK, own: ABLE.lock } },
      scriptOf(RUN_AS),
      'forbidden_here',
      'configuration.commands.run_as',
    ],
    ['the agent’s own user', itself(false, false), SCRIPT, 'forbidden_here', 'commands.run_as'],
    ['that by configuration', itself(false, true), SCRIPT, 'forbidden_here', 'configuration.commands.run_as'],
    [
      'a dry run',
      { canDryRun: [] },
      { ...INSTALL, parameters: { packages: ['a'], dryRun: true } },
      'wrong_platform',
      'dryRun',
    ],
    ['security updates', { knowsSecurityUpdates: false }, SECURITY, 'wrong_platform', 'security'],
    [
      'security updates by name',
      names(false, false),
      { ...SECURITY, parameters: { ...SECURITY.parameters, packages: ['openssl'] } },
      'wrong_platform',
      'security',
    ],
    [
      'a release of a package',
      names(false, true),
      { ...INSTALL, parameters: { packages: ['a', 'b/c'] } },
      'wrong_platform',
      'packages',
    ],
    ['a kind of later', { able: ['list_processes'] }, SCRIPT, 'not_told', null],
  ])('that cannot do %s are told nothing', async (_what, abilities, what, reason, detail) => {
    const services = await testServices();
    const [hostId] = await seedHosts(services.db, [{}]);
    await makeAble(services, [hostId!], abilities);
    const admin = await administratorOf(services);
    const draft = { ...(what as typeof SCRIPT), targets: { all: true } } as const;
    expect((await admin.commands.preview(draft)).cannot).toEqual([{ reason, detail, count: 1 }]);
    const { id } = await admin.commands.send(draft);
    expect((await admin.commands.run({ commandId: id, hostId: hostId! })).run).toMatchObject({
      state: 'rejected',
      ...{ reason, detail },
    });
  });

  test.each<[string, Partial<CommandAbilities>, object]>([
    ['an interpreter that it has', { interpreters: ['sh', 'python3'] }, scriptOf({ interpreter: 'python3' })],
    ['one that nobody looks for', {}, scriptOf({ interpreter: '/opt/lua' })],
    ['a user who is allowed', itself(false, false), scriptOf({ runAs: 'www-data' })],
    ['all security updates', names(false, false), SECURITY],
    ['a package of this name', names(false, false), { ...INSTALL, parameters: { packages: ['a'] } }],
    ['what an older agent says nothing of', {}, { ...INSTALL, parameters: { packages: ['b/c'] } }],
  ])('are told of %s', async (_what, abilities, what) => {
    const services = await testServices();
    const hostIds = await seedHosts(services.db, [{}]);
    await makeAble(services, hostIds, abilities);
    const admin = await administratorOf(services);
    const draft = { ...(what as typeof SCRIPT), targets: { all: true } } as const;
    expect((await admin.commands.preview(draft)).cannot).toEqual([]);
    expect((await admin.commands.send(draft)).counts).toMatchObject({ queued: 1 });
  });

  test('that have not said that they have an interpreter are told all the same, as it may have come since; the preview says so', async () => {
    const services = await testServices();
    const hostIds = await seedHosts(services.db, [{}]);
    await makeAble(services, hostIds, {});
    const admin = await administratorOf(services);
    const draft = { ...(scriptOf({ interpreter: 'python3' }) as typeof SCRIPT), targets: { all: true } } as const;
    const cannot = [{ reason: 'missing_tool', detail: 'python3', count: 1 }];
    expect((await admin.commands.preview(draft)).cannot).toEqual(cannot);
    expect((await admin.commands.send(draft)).counts).toMatchObject({ queued: 1 });
  });

  test('say each in its own words why not, and the preview is short all the same', async () => {
    const services = await testServices();
    const hostIds = await seedHosts(
      services.db,
      Array.from({ length: 30 }, () => ({})),
    );
    for (const [nth, hostId] of hostIds.entries())
      await makeAble(services, [hostId], {
        able: [],
        unable: [{ kind: 'restart_service', why: 'missing_tool', detail: nth < 2 ? 'systemctl' : `tool-${nth}` }],
      });
    const admin = await administratorOf(services);
    const { cannot } = await admin.commands.preview({ ...RESTART, targets: { all: true } });
    expect(cannot).toHaveLength(21);
    expect(cannot).toContainEqual({ reason: 'missing_tool', detail: 'systemctl', count: 2 });
    expect(cannot.reduce((sum, { count }) => sum + count, 0)).toBe(30);
  });
});

describe('a host that has not said yet what it can run', () => {
  async function startUntold() {
    const services = await testServices();
    const [hostId] = (await seedHosts(services.db, [{}])) as [string];
    const admin = await administratorOf(services);
    const send = async (what: object) =>
      (await admin.commands.send({ ...RESTART, targets: { all: true }, ...what })).id;
    const run = async (commandId: string) => (await admin.commands.run({ commandId, hostId })).run;
    return { services, hostId, send, run, host: connectedAs(services, hostId) };
  }

  test('is told nothing until it has, and then what it can', async () => {
    const { services, hostId, send, run, host } = await startUntold();
    const [can, cannot] = [await send({}), await send({ ...SCRIPT })];
    expect(await services.commandDispatch.due(hostId)).toBeUndefined();
    expect(await run(can)).toMatchObject({ state: 'queued', reason: null, deadline: expect.any(String) });
    const woken: string[] = [];
    services.events.listen('inbox.changed', hostId, ({ kind }) => woken.push(kind));
    const unable = [{ kind: 'execute_shell', why: 'forbidden_here' as const, detail: 'commands.forbidden' }];
    await host.hello({ ...ABLE, able: ['restart_service'], unable });
    expect(woken).toEqual(['commands']);
    expect((await host.told('commands')).runs.map(({ runId }) => runId)).toEqual([can]);
    expect(await run(can)).toMatchObject({ state: 'sent' });
    expect(await run(cannot)).toMatchObject({
      ...{ state: 'rejected', reason: 'forbidden_here', detail: 'commands.forbidden', deadline: null },
    });
    expect((await run(cannot)).endedAt).not.toBeNull();
  });

  test('and says in the end that its agent knows of no commands', async () => {
    const { services, hostId, send, run, host } = await startUntold();
    const id = await send({});
    await host.hello();
    expect(await services.commandDispatch.due(hostId)).toBeUndefined();
    expect(await run(id)).toMatchObject({ state: 'rejected', reason: 'not_told' });
    expect(await run(await send({}))).toMatchObject({ state: 'rejected', reason: 'not_told' });
  });

  test('and never does: what waited for that expires', async () => {
    const { services, send, run } = await startUntold();
    const id = await send({});
    await pass(services, 2 * 86_400);
    await sweepDeadlines(services);
    expect(await run(id)).toMatchObject({ state: 'expired' });
  });

  test('is told what lies behind more than one message holds, when all of that is nothing for it', async () => {
    const { services, hostId, send, host } = await startUntold();
    for (let i = 0; i < COMMANDS_PER_ITEM.runs + 1; i++) await send({ ...SCRIPT });
    const last = await send({});
    await host.hello({ ...ABLE, able: ['restart_service'] });
    const woken: string[] = [];
    services.events.listen('inbox.changed', hostId, ({ kind }) => woken.push(kind));
    expect(await services.commandDispatch.due(hostId)).toBeUndefined();
    expect(woken).toEqual(['commands']);
    expect((await services.commandDispatch.due(hostId))!.map(({ runId }) => runId)).toEqual([last]);
  });
});

test('parameters are judged by their kind, by their names', async () => {
  const { send } = await startWorld();
  await expect(send({ parameters: { service: '-rf', action: 'restart' } })).rejects.toThrow(
    expect.objectContaining({
      cause: expect.objectContaining({ issues: [expect.objectContaining({ path: ['parameters', 'service'] })] }),
    }),
  );
  // A kind hidden among its parameters is not the one that is judged.
  await expect(send({ parameters: { kind: 'get_system_info' } })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
});

describe('who may', () => {
  test('run scripts is another question than who may run commands', async () => {
    const { services, send, hostIds } = await startWorld();
    const operator = await personOf(services, 'operator');
    await operator.commands.send({ ...RESTART, targets: { all: true } });
    const script = { ...SCRIPT, targets: { all: true } } as const;
    await expect(operator.commands.send(script)).rejects.toMatchObject({ appCode: 'auth.forbidden' });
    await expect(operator.commands.preview(script)).rejects.toMatchObject({ appCode: 'auth.forbidden' });
    const onSome = await personOn(services, { role: 'operator', hostIds });
    await expect(onSome.commands.send(script)).rejects.toMatchObject({ appCode: 'auth.forbidden' });
    await send(SCRIPT);
  });

  test('do so on some hosts sees and ends what runs there, and knows of no other', async () => {
    const { services, hostIds, admin, run } = await startWorld();
    const { id } = await admin.commands.send({ ...RESTART, targets: { hostIds } });
    const elsewhere = await admin.commands.send({ ...RESTART, targets: { hostIds: [hostIds[1]!] } });
    const some = await personOn(services, { role: 'operator', hostIds: [hostIds[0]!] });
    const seen = await some.commands.byId({ commandId: id });
    expect(seen).toMatchObject({ targets: null, counts: { queued: 1 } });
    expect(JSON.stringify([seen, await some.commands.page({ commandId: id })])).not.toContain(hostIds[1]);
    expect((await some.commands.list({})).commands.map((command) => command.id)).toEqual([id]);
    await expect(some.commands.byId({ commandId: elsewhere.id })).rejects.toMatchObject({
      appCode: 'command.not_found',
    });
    await expect(some.commands.cancel({ commandId: elsewhere.id })).rejects.toMatchObject({
      appCode: 'command.not_found',
    });
    await expect(some.commands.output({ commandId: id, hostId: hostIds[1]! })).rejects.toMatchObject({
      appCode: 'command.run_not_found',
    });
    expect(await some.commands.cancel({ commandId: id })).toEqual({ cancelled: 1, requested: 0 });
    expect((await run(id, hostIds[1])).state).toBe('queued');
    const sent = await some.commands.send({ ...RESTART, targets: { all: true } });
    expect(sent.counts).toMatchObject({ queued: 1 });
  });
});

describe('secrets', () => {
  const secret = 'correct horse battery staple';
  const environment = [
    { name: 'TOKEN', value: secret, isSecret: true },
    { name: 'HOME', value: '/root' },
  ];

  test('are told to the machine, and stand in no row, answer or record', async () => {
    const { services, admin, host } = await startWorld();
    const { id } = await admin.commands.send({
      ...{ kind: 'execute_shell', targets: { all: true } },
      parameters: { script: 'env', environment },
    });
    expect((await host.told('commands')).runs[0]!.command).toMatchObject({ environment });
    expect((await admin.commands.byId({ commandId: id })).parameters).toMatchObject({
      environment: [{ name: 'TOKEN', value: '', isSecret: true }, environment[1]],
    });
    await services.audit.trySeal();
    const kept = await Promise.all(
      [commands, auditRecords, auditPending].map((table) => services.db.select().from(table)),
    );
    expect(JSON.stringify(kept)).toContain('/root');
    expect(JSON.stringify(kept)).not.toContain(secret);
    expect(JSON.stringify(services.logged)).not.toContain(secret);
  });

  test('that the server cannot open any more end the runs of their command, and of no other', async () => {
    const { services, hostIds, admin, send, run, host } = await startWorld();
    const other = connectedAs(services, hostIds[1]!);
    const withSecret = () =>
      admin.commands.send({
        ...{ kind: 'execute_shell', targets: { all: true } },
        parameters: { script: 'env', environment },
      });
    const told = (await withSecret()).id;
    expect((await host.told('commands')).runs.map(({ runId }) => runId)).toEqual([told]);
    const lost = (await withSecret()).id;
    const after = (await send({ targets: { all: true } })).id;
    // As another secret of the server's would have sealed it.
    const parameters = services.secretParameters.seal('another', { script: 'env', environment });
    await services.db
      .update(commands)
      .set({ parameters })
      .where(inArray(commands.id, [told, lost]));
    for (const machine of [host, other])
      expect((await machine.told('commands')).runs.map(({ runId }) => runId)).toEqual([after]);
    for (const hostId of hostIds)
      expect(await run(lost, hostId)).toMatchObject({ state: 'rejected', reason: 'secret_lost' });
    expect(await run(told), 'its machine may be at it').toMatchObject({ state: 'unknown', reason: 'secret_lost' });
    expect(await run(told, hostIds[1])).toMatchObject({ state: 'rejected', reason: 'secret_lost' });
    expect(JSON.stringify(services.logged)).toContain(lost);
    await host.says(told, 'succeeded');
    expect(await run(told), 'its own word is better').toMatchObject({ state: 'succeeded', overruled: 'unknown' });
  });

  test('that cannot be opened any more hide no other run, however many were told and not answered', async () => {
    const { services, hostIds, admin, send, host } = await startWorld();
    const parameters = { script: 'env', environment };
    const sent: string[] = [];
    // One more than is looked at at once.
    for (let i = 0; i <= COMMANDS_PER_ITEM.runs; i++)
      sent.push((await admin.commands.send({ kind: 'execute_shell', targets: { hostIds }, parameters })).id);
    const sealedByAnother = services.secretParameters.seal('another', parameters);
    await services.db.update(commands).set({ parameters: sealedByAnother }).where(inArray(commands.id, sent));
    await services.db.update(commandRuns).set({ state: 'sent' }).where(inArray(commandRuns.commandId, sent));
    const { id } = await send();
    expect((await host.told('commands')).runs.map(({ runId }) => runId)).toEqual([id]);
    const ofHost = await services.db.select().from(commandRuns).where(eq(commandRuns.hostId, hostIds[0]!));
    const lost = ofHost.filter(({ reason }) => reason === 'secret_lost');
    expect(lost.map(({ state, deadline }) => [state, deadline])).toEqual(sent.map(() => ['unknown', null]));
  });

  test('of one command open in no other', async () => {
    const { services } = await startWorld();
    const sealed = services.secretParameters.seal('one', { environment });
    expect(services.secretParameters.open('one', sealed)).toEqual({ environment });
    expect(() => services.secretParameters.open('two', sealed)).toThrow();
  });
});

describe('in the audit log', () => {
  async function recorded(script: string) {
    const { services, send } = await startWorld();
    const { id } = await send({ kind: 'execute_shell', parameters: { script } });
    await services.audit.trySeal();
    const records = await services.db
      .select({ after: auditRecords.after })
      .from(auditRecords)
      .where(eq(auditRecords.objectId, id))
      .orderBy(auditRecords.sequence);
    const states = records.map(({ after }) => after as { parameters?: string[]; parametersSha256?: string });
    const texts = states.flatMap(({ parameters = [] }) => parameters);
    return { parameters: JSON.parse(texts.join('')) as unknown, digest: states[0]!.parametersSha256 };
  }

  const lines = Array.from({ length: 900 }, (_, i) => `echo "line ${i} ü"`);

  test.each([
    ['long', lines.join('\n')],
    ['that calls a secret by its name', `curl -H "Authorization: Bearer $TOKEN" -H 'Authorization: bearer \${TOKEN}'`],
    // Only where it is cut a part of it begins like one.
    ['with what is none', 'x'.repeat(1000 - '{"script":"'.length) + 'Authorization'],
  ])('a script %s stands from its first to its last character', async (_what, script) => {
    expect(await recorded(script)).toEqual({ parameters: { script }, digest: undefined });
  });

  test('nothing of a script is withheld but the secrets in it, and a digest tells of which whole it is', async () => {
    const key = ['-----BEGIN EC PRIVATE KEY-----', 'M'.repeat(64), 'EE==', '-----END EC PRIVATE KEY-----'].join('\n');
    const scriptWith = (secrets: string[]) =>
      [...lines.slice(0, 50), `# Bearer ${secrets[0]}`, 'rm -rf /srv', secrets[1], ...lines.slice(50)].join('\n');
    const script = scriptWith(['hush', key]);
    expect(await recorded(script)).toEqual({
      parameters: { script: scriptWith(['', '[withheld]']).replace('Bearer ', '[withheld]') },
      digest: createHash('sha256').update(JSON.stringify({ script })).digest('hex'),
    });
  });
});

test('the output of a run is a download of the bytes that its machine wrote', async () => {
  const { services, hostIds, send, host } = await startWorld();
  const { id } = await send();
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
  await host.report({ output: [{ runId: id, stream: 'stderr', offset: 0, data: bytes.toString('base64') }] });
  await host.wrote(id, 256, 'end');
  const reader = await personOf(services, 'operator', 'reader@example.com', { isDownload: true });
  const read = async (stream?: 'stdout') => {
    const pieces: Buffer[] = [];
    for await (const piece of await reader.commands.outputFile({ commandId: id, hostId: hostIds[0]!, stream }))
      pieces.push(piece);
    return Buffer.concat(pieces);
  };
  expect(await read()).toEqual(Buffer.concat([bytes, Buffer.from('end')]));
  expect((await read('stdout')).toString()).toBe('end');
  const socket = await personOf(services, 'operator', 'socket@example.com');
  await expect(socket.commands.outputFile({ commandId: id, hostId: hostIds[0]! })).rejects.toMatchObject({
    appCode: 'request.method',
  });
  await expect(callerFor(services).commands.outputFile({ commandId: id, hostId: hostIds[0]! })).rejects.toMatchObject({
    appCode: 'auth.required',
  });
});
