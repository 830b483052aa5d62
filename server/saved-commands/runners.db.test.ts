import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { savedCommandRunners, users } from '../../db/schema';
import { makeAble } from '../commands/testing';
import { seedHosts } from '../hosts/testing';
import { findSessionOfKey } from '../api-keys/find-session-of-key';
import type { Permission } from '../auth/permissions';
import type { Services } from '../services';
import { administratorOf, callerFor, personOf, personOn, testServices } from '../testing';

const REFUSED = { appCode: 'auth.forbidden' };

/** A script for named ones, two hosts, and a fleet with the first of them. */
async function startWorld() {
  const services = await testServices();
  const hostIds = await seedHosts(services.db, [{ fqdn: 'a.example.com' }, { fqdn: 'b.example.com' }]);
  await makeAble(services, hostIds);
  const admin = await administratorOf(services);
  const { id: savedCommandId } = await admin.savedCommands.create({
    ...{ name: 'Greet', kind: 'execute_shell', parameters: { script: 'true' }, runBy: 'named' },
  });
  const { id: fleetId } = await admin.fleets.create({ name: 'Web' });
  await admin.fleets.putHost({ fleetId, hostId: hostIds[0]! });
  const draft = { savedCommandId, parameters: {}, targets: { all: true as const } };
  return { services, hostIds, admin, savedCommandId, fleetId, draft };
}

type Person = Awaited<ReturnType<typeof personOf>>;
const idOf = async (person: Person) => (await person.users.me())!.id;
const hostsOf = async (person: Person, draft: Parameters<Person['commands']['preview']>[0]) =>
  (await person.commands.preview(draft)).names;

describe('a saved command that is for named ones', () => {
  test('is run by those and by who may run scripts, and by nobody else', async () => {
    const { services, admin, savedCommandId, draft } = await startWorld();
    const [runner, operator] = [await personOf(services, 'runner'), await personOf(services, 'operator')];
    const mayRun = async (person: Person) =>
      [
        (await person.savedCommands.list({})).savedCommands[0]!.mayRun,
        (await person.savedCommands.byId({ savedCommandId })).mayRun,
      ] as const;
    for (const person of [runner, operator]) {
      await expect(person.commands.preview(draft)).rejects.toMatchObject(REFUSED);
      await expect(person.commands.send(draft)).rejects.toMatchObject(REFUSED);
    }
    expect(await mayRun(operator)).toEqual([false, false]);
    await admin.savedCommands.addRunner({ savedCommandId, userId: await idOf(runner) });
    expect(await hostsOf(runner, draft)).toEqual(['a.example.com', 'b.example.com']);
    expect(await mayRun(runner)).toEqual([true, true]);
    const sent = await runner.commands.send(draft);
    expect(sent).toMatchObject({ kind: 'execute_shell', counts: { queued: 2 } });
    // What became of it is theirs to see.
    expect((await runner.commands.runs({ commandId: sent.id })).runs).toHaveLength(2);
    const mayAgain = async (person: Person) => (await person.commands.page({ commandId: sent.id })).mayRunSavedAgain;
    expect([await mayAgain(runner), await mayAgain(operator), await mayAgain(admin)]).toEqual([true, false, true]);
    await expect(operator.commands.send(draft)).rejects.toMatchObject(REFUSED);
    expect(await hostsOf(admin, draft)).toHaveLength(2);
    expect(await mayRun(admin)).toEqual([true, true]);
  });

  test('gives nothing else to a runner, and nothing to who may run what names them nowhere', async () => {
    const { services, hostIds, admin, savedCommandId, draft } = await startWorld();
    const [runner, viewer] = [await personOf(services, 'runner'), await personOf(services, 'viewer')];
    for (const person of [runner, viewer])
      await admin.savedCommands.addRunner({ savedCommandId, userId: await idOf(person) });
    await expect(viewer.commands.send(draft)).rejects.toMatchObject(REFUSED);
    const other = await admin.savedCommands.create({ name: 'Describe', kind: 'get_system_info', parameters: {} });
    for (const what of [{ kind: 'get_system_info' as const }, { savedCommandId: other.id }]) {
      const asked = { ...what, parameters: {}, targets: { hostIds } };
      await expect(runner.commands.preview(asked)).rejects.toMatchObject(REFUSED);
      await expect(runner.commands.send(asked)).rejects.toMatchObject(REFUSED);
    }
    for (const act of [
      () => runner.savedCommands.update({ savedCommandId, name: 'Mine' }),
      () => runner.savedCommands.create({ name: 'Mine', kind: 'get_system_info', parameters: {} }),
      () => runner.savedCommands.addRunner({ savedCommandId, role: 'runner' }),
    ])
      await expect(act()).rejects.toMatchObject(REFUSED);
  });

  test('is run as far as the role of whom it names reaches, and as far as it names them', async () => {
    const { services, hostIds, admin, savedCommandId, fleetId, draft } = await startWorld();
    const some = await personOn(services, { role: 'runner', hostIds: [hostIds[1]!] });
    const everywhere = await personOf(services, 'operator');
    await admin.savedCommands.addRunner({ savedCommandId, userId: await idOf(some) });
    expect(await hostsOf(some, draft)).toEqual(['b.example.com']);
    await expect(some.commands.send({ ...draft, targets: { hostIds: [hostIds[0]!] } })).rejects.toMatchObject({
      appCode: 'command.targets_missing',
    });
    await admin.savedCommands.addRunner({ savedCommandId, userId: await idOf(everywhere), fleetId });
    expect(await hostsOf(everywhere, draft)).toEqual(['a.example.com']);
    // Gone is gone: it is not everywhere then.
    await admin.fleets.delete({ fleetId });
    await expect(everywhere.commands.preview(draft)).rejects.toMatchObject(REFUSED);
  });

  test('names a role: whoever has it, or one that may more, be it on some hosts', async () => {
    const { services, hostIds, admin, savedCommandId, fleetId, draft } = await startWorld();
    const runner = await personOf(services, 'runner');
    const operator = await personOf(services, 'operator');
    const some = await personOn(services, { role: 'operator', hostIds: [hostIds[1]!], everywhere: 'runner' });
    await admin.savedCommands.addRunner({ savedCommandId, role: 'operator' });
    await expect(runner.commands.preview(draft)).rejects.toMatchObject(REFUSED);
    expect(await hostsOf(operator, draft)).toHaveLength(2);
    expect(await hostsOf(some, draft)).toEqual(['b.example.com']);
    await admin.savedCommands.addRunner({ savedCommandId, role: 'runner', fleetId });
    expect(await hostsOf(runner, draft)).toEqual(['a.example.com']);
    expect(await hostsOf(some, draft)).toHaveLength(2);
  });

  test('is seen by a runner whom it names and by who may run commands, and by no other runner', async () => {
    const { services, hostIds, admin, savedCommandId } = await startWorld();
    const runner = await personOf(services, 'runner');
    const operator = await personOf(services, 'operator');
    const some = await personOn(services, { role: 'runner', hostIds: [hostIds[1]!] });
    const { id: other } = await admin.savedCommands.create({
      ...{ name: 'Rotate', kind: 'execute_shell', parameters: { script: 'rotate' }, runBy: 'commands.shell' },
    });
    const seen = async (person: Person) => {
      const { savedCommands, total } = await person.savedCommands.list({});
      expect(total).toBe(savedCommands.length);
      return savedCommands.map(({ name }) => name);
    };
    const hidden = { appCode: 'saved_command.not_found' };
    for (const person of [runner, some]) {
      expect(await seen(person)).toEqual([]);
      await expect(person.savedCommands.byId({ savedCommandId })).rejects.toMatchObject(hidden);
    }
    await admin.savedCommands.addRunner({ savedCommandId, userId: await idOf(some) });
    await admin.savedCommands.addRunner({ savedCommandId, role: 'operator' });
    expect(await seen(runner)).toEqual([]);
    expect(await seen(some)).toEqual(['Greet']);
    await admin.savedCommands.addRunner({ savedCommandId, role: 'runner' });
    expect(await seen(runner)).toEqual(['Greet']);
    expect(await runner.savedCommands.byId({ savedCommandId })).toMatchObject({ parameters: { script: 'true' } });
    await expect(runner.savedCommands.byId({ savedCommandId: other })).rejects.toMatchObject(hidden);
    expect(await seen(operator)).toEqual(['Greet', 'Rotate']);
    // Names that count no more show nothing.
    await admin.savedCommands.update({ savedCommandId, runBy: 'commands.run' });
    expect(await seen(runner)).toEqual([]);
  });

  test('is changed in what it does by who may name people, once it names somebody', async () => {
    const { services, admin } = await startWorld();
    const operator = await personOf(services, 'operator');
    const said = { parameters: { service: 'nginx', action: 'restart' }, placeholders: [] };
    const { id: savedCommandId } = await admin.savedCommands.create({
      ...{ name: 'Restart', kind: 'restart_service', ...said, runBy: 'named' },
    });
    const change = (changes: object) => operator.savedCommands.update({ savedCommandId, ...changes });
    await change({ parameters: { service: 'nginx', action: 'start' } });
    await change(said);
    await admin.savedCommands.addRunner({ savedCommandId, role: 'runner' });
    const service = [{ name: 'service', label: 'Service', type: 'text' as const }];
    for (const changes of [
      { parameters: { service: 'sshd', action: 'restart' } },
      { parameters: { service: '{{service}}', action: 'restart' }, placeholders: service },
      { runBy: 'commands.run' },
    ])
      await expect(change(changes)).rejects.toMatchObject(REFUSED);
    // What a form sends back of it is no change.
    const { parameters, placeholders, runBy } = await operator.savedCommands.byId({ savedCommandId });
    const renamed = await change({ name: 'Restart it', description: 'At night.', parameters, placeholders, runBy });
    expect(renamed).toMatchObject({ name: 'Restart it', ...said });
    // Whom it names counts again once it is for them.
    await admin.savedCommands.update({ savedCommandId, runBy: 'commands.run' });
    await change({ parameters: { service: 'sshd', action: 'restart' } });
    await expect(change({ runBy: 'named' })).rejects.toMatchObject(REFUSED);
    await admin.savedCommands.update({ savedCommandId, runBy: 'named', ...said });
  });

  test('is run no more by who is removed, deactivated or deleted', async () => {
    const { services, admin, savedCommandId, draft } = await startWorld();
    const runner = await personOf(services, 'runner');
    const userId = await idOf(runner);
    const add = () => admin.savedCommands.addRunner({ savedCommandId, email: 'RUNNER@example.com ' });
    const { id: runnerId, user } = await add();
    expect(user).toMatchObject({ id: userId, isDeactivated: false });
    expect((await add()).id).toBe(runnerId);
    await admin.savedCommands.removeRunner({ savedCommandId, runnerId });
    await expect(runner.commands.preview(draft)).rejects.toMatchObject(REFUSED);
    await expect(admin.savedCommands.removeRunner({ savedCommandId, runnerId })).rejects.toMatchObject({
      appCode: 'saved_command.runner_not_found',
    });
    await add();
    await admin.users.deactivate({ userId });
    const { runners } = await admin.savedCommands.runners({ savedCommandId });
    expect(runners).toMatchObject([{ user: { id: userId, isDeactivated: true }, role: null, fleet: null }]);
    await admin.users.delete({ userId });
    expect(await admin.savedCommands.runners({ savedCommandId })).toEqual({ runners: [] });
    expect(await services.db.select().from(users).where(eq(users.id, userId))).toEqual([]);
  });

  test('keeps whom it names while it is for others, and who they are goes with it', async () => {
    const { services, admin, savedCommandId, draft } = await startWorld();
    const runner = await personOf(services, 'runner');
    await admin.savedCommands.addRunner({ savedCommandId, role: 'runner' });
    await admin.savedCommands.update({ savedCommandId, runBy: 'commands.run' });
    await expect(runner.commands.preview(draft)).rejects.toMatchObject(REFUSED);
    await admin.savedCommands.update({ savedCommandId, runBy: 'named' });
    expect(await hostsOf(runner, draft)).toHaveLength(2);
    await admin.savedCommands.delete({ savedCommandId });
    expect(await services.db.select().from(savedCommandRunners)).toEqual([]);
    await expect(admin.savedCommands.addRunner({ savedCommandId, role: 'runner' })).rejects.toMatchObject({
      appCode: 'saved_command.not_found',
    });
  });

  test('names one at a time: somebody who is there, on a fleet that is there', async () => {
    const { admin, savedCommandId } = await startWorld();
    const nobody = '01890000-0000-7000-8000-000000000000';
    const add = (who: object) => admin.savedCommands.addRunner({ savedCommandId, ...who });
    await expect(add({ userId: nobody })).rejects.toMatchObject({ appCode: 'user.not_found' });
    await expect(add({ email: 'nobody@example.com' })).rejects.toMatchObject({ appCode: 'user.not_found' });
    await expect(add({ role: 'runner', fleetId: nobody })).rejects.toMatchObject({ appCode: 'fleet.not_found' });
    await expect(add({})).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    await expect(add({ role: 'runner', userId: nobody })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    await expect(add({ role: 'viewer' })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });
});

describe('an API key', () => {
  const restart = { kind: 'restart_service' as const, parameters: { service: 'nginx', action: 'restart' } };

  /** The procedures as a key of this person calls them. */
  async function keyOf(services: Services, person: Person, permissions: Permission[]) {
    const { key } = await person.apiKeys.create({ name: 'deployment', permissions });
    return callerFor(services, { listener: 'api', session: await findSessionOfKey(services, key) });
  }

  test('that may run commands runs them, what is saved for that, and what names its owner', async () => {
    const { services, hostIds, admin, savedCommandId, draft } = await startWorld();
    const operator = await personOf(services, 'operator');
    const key = await keyOf(services, operator, ['commands.run']);
    const asked = { ...restart, targets: { hostIds } };
    expect(await hostsOf(key, asked)).toHaveLength(2);
    expect(await key.commands.send(asked)).toMatchObject({ kind: 'restart_service', counts: { queued: 2 } });
    const saved = await admin.savedCommands.create({ name: 'Restart', ...restart });
    const sent = await key.commands.send({ savedCommandId: saved.id, parameters: {}, targets: { hostIds } });
    expect(sent.savedCommand).toEqual({ id: saved.id, name: 'Restart' });
    await expect(key.commands.send(draft)).rejects.toMatchObject(REFUSED);
    await admin.savedCommands.addRunner({ savedCommandId, userId: await idOf(operator) });
    expect(await hostsOf(key, draft)).toHaveLength(2);
    const some = await personOn(services, { role: 'operator', hostIds: [hostIds[1]!] });
    await admin.savedCommands.addRunner({ savedCommandId, userId: await idOf(some) });
    expect(await hostsOf(await keyOf(services, some, ['commands.run']), draft)).toEqual(['b.example.com']);
  });

  test.each(['operator', 'administrator'] as const)(
    'of an %s that may run what names its owner runs that and nothing else, and hears what it has sent',
    async (role) => {
      const { services, hostIds, admin, savedCommandId, draft } = await startWorld();
      const owner = await personOf(services, role, 'owner@example.com');
      const key = await keyOf(services, owner, ['commands.runNamed']);
      await expect(key.commands.send(draft)).rejects.toMatchObject(REFUSED);
      await admin.savedCommands.addRunner({ savedCommandId, userId: await idOf(owner) });
      const sent = await key.commands.send(draft);
      expect(sent).toMatchObject({ kind: 'execute_shell', targets: { all: true }, counts: { queued: 2 } });
      expect(await admin.commands.byId({ commandId: sent.id })).toEqual(sent);
      await expect(key.commands.byId({ commandId: sent.id })).rejects.toMatchObject(REFUSED);
      await expect(key.commands.send({ ...restart, targets: { hostIds } })).rejects.toMatchObject(REFUSED);
    },
  );

  test('that may run scripts, but no commands, runs what names its owner and nothing else', async () => {
    const { services, admin, savedCommandId, draft } = await startWorld();
    const owner = await personOf(services, 'administrator', 'owner@example.com');
    const key = await keyOf(services, owner, ['commands.shell', 'commands.runNamed']);
    await expect(key.commands.send(draft)).rejects.toMatchObject(REFUSED);
    await admin.savedCommands.addRunner({ savedCommandId, userId: await idOf(owner) });
    expect(await key.commands.send(draft)).toMatchObject({ counts: { queued: 2 } });
  });
});
