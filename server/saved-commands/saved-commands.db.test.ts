import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { auditPending, auditRecords, commands, savedCommands } from '../../db/schema';
import { connectedAs, makeAble } from '../commands/testing';
import { seedHosts } from '../hosts/testing';
import { administratorOf, personOf, personOn, testServices } from '../testing';
import type { newSavedCommand } from './saved-command-schema';

type Said = z.input<typeof newSavedCommand> & { placeholders: object[] };

const RESTART: Said = {
  ...{ name: 'Restart a service', kind: 'restart_service', parameters: { service: '{{service}}', action: '{{what}}' } },
  placeholders: [
    { name: 'service', label: 'Service' },
    { name: 'what', type: 'choice', choices: ['restart', 'status'], default: 'status' },
  ],
};

const SCRIPT = 'printf "%s\\n" "$PARAM_WHO" {{.Names}}';
const GREET: Said = {
  ...{ name: 'Greet', kind: 'execute_shell', parameters: { script: SCRIPT }, runBy: 'commands.run' },
  placeholders: [{ name: 'who' }, { name: 'times', type: 'number', min: 1, max: 9, default: 1 }],
};

/** What somebody would give who wants more than to give a value. */
const HOSTILE = [
  '$(id)',
  '`id`',
  '"; id; "',
  "'; id #",
  '${PARAM_WHO}',
  '; rm -rf /',
  '| id',
  '& id',
  '%PATH%',
  '\\',
  '*',
];

async function startWorld() {
  const services = await testServices();
  const hostIds = await seedHosts(services.db, [{ fqdn: 'a.example.com' }, { fqdn: 'b.example.com' }]);
  await makeAble(services, hostIds);
  const admin = await administratorOf(services);
  const operator = await personOf(services, 'operator');
  return { services, hostIds, admin, operator, host: connectedAs(services, hostIds[0]!) };
}

/** Refused because of this field. */
const wrongIn = (path: string): unknown =>
  expect.objectContaining({
    code: 'BAD_REQUEST',
    cause: expect.objectContaining({
      issues: expect.arrayContaining([
        expect.objectContaining({ path: path.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part)) }),
      ]),
    }),
  });

describe('a command that is saved', () => {
  test('is found by its name, changed by its version, and gone when it is deleted', async () => {
    const { admin, operator } = await startWorld();
    const made = await operator.savedCommands.create({ ...RESTART, description: ' x ' });
    expect(made).toMatchObject({
      version: 1,
      description: 'x',
      createdBy: 'operator@example.com',
      runBy: 'commands.run',
    });
    await admin.savedCommands.create({ ...RESTART, name: 'Another' });
    await expect(admin.savedCommands.create({ ...RESTART, name: 'RESTART a service' })).rejects.toMatchObject({
      appCode: 'saved_command.name_taken',
    });
    const savedCommandId = made.id;
    const changed = await admin.savedCommands.update({ savedCommandId, description: 'y', version: 1 });
    expect(changed).toMatchObject({
      ...{ version: 2, description: 'y', name: RESTART.name, placeholders: made.placeholders },
      ...{ createdBy: 'operator@example.com', updatedBy: 'admin@example.com' },
    });
    await expect(admin.savedCommands.update({ savedCommandId, name: 'x', version: 1 })).rejects.toMatchObject({
      appCode: 'saved_command.changed',
    });
    await expect(admin.savedCommands.update({ savedCommandId, name: 'another' })).rejects.toMatchObject({
      appCode: 'saved_command.name_taken',
    });
    const { savedCommands: all, total } = await operator.savedCommands.list({});
    expect([all.map(({ name }) => name), total]).toEqual([['Another', 'Restart a service'], 2]);
    expect((await operator.savedCommands.list({ search: 'restart' })).total).toBe(1);
    await operator.savedCommands.delete({ savedCommandId });
    for (const act of [
      () => admin.savedCommands.byId({ savedCommandId }),
      () => admin.savedCommands.update({ savedCommandId, name: 'x' }),
      () => admin.savedCommands.delete({ savedCommandId }),
      () => admin.commands.preview({ savedCommandId, parameters: {}, targets: { all: true } }),
    ])
      await expect(act()).rejects.toMatchObject({ appCode: 'saved_command.not_found' });
  });

  test.each<[string, object, string]>([
    ['a name that is none', { placeholders: [{ name: 'PATH' }] }, 'placeholders.0.name'],
    ['a choice of nothing', { placeholders: [{ name: 'what', type: 'choice' }] }, 'placeholders.0.choices'],
    [
      'bounds the wrong way round',
      { placeholders: [{ name: 'n', type: 'number', min: 2, max: 1 }] },
      'placeholders.0.max',
    ],
    [
      'a value that it would refuse',
      { placeholders: [{ name: 'x', max: 1, default: 'ab' }] },
      'placeholders.0.default',
    ],
    [
      'a secret that is known',
      { placeholders: [{ name: 'x', type: 'secret', default: 'x' }] },
      'placeholders.0.default',
    ],
    [
      'a name that is there already',
      { placeholders: [{ name: 'service' }, { name: 'service' }] },
      'placeholders.1.name',
    ],
    ['one that stands nowhere', { placeholders: [...RESTART.placeholders, { name: 'x' }] }, 'placeholders.2.name'],
    ['one that is not there', { placeholders: [RESTART.placeholders[1]] }, 'parameters.service'],
    [
      'a secret among arguments',
      { placeholders: [{ name: 'service', type: 'secret' }, RESTART.placeholders[1]] },
      'placeholders.0.type',
    ],
    [
      'a choice that its kind does not know',
      { placeholders: [{ name: 'service' }, { name: 'what', type: 'choice', choices: ['restart', 'burn'] }] },
      'parameters.action',
    ],
    [
      'a number where its kind has a text',
      { placeholders: [{ name: 'service', type: 'number', min: 1 }, RESTART.placeholders[1]] },
      'parameters.service',
    ],
    [
      'parameters of another kind',
      { parameters: { pid: 5, service: '{{service}}' }, placeholders: [{ name: 'service' }] },
      'parameters.action',
    ],
  ])('cannot have %s', async (_what, change, path) => {
    const { admin } = await startWorld();
    await expect(admin.savedCommands.create({ ...RESTART, ...change })).rejects.toThrow(wrongIn(path));
  });

  test.each<[string, object, string]>([
    ['a placeholder in its text', { script: 'echo {{who}}' }, 'parameters.script'],
    [
      'an interpreter that pastes',
      { script: 'x', interpreter: 'C:\\Windows\\System32\\CMD.exe' },
      'parameters.interpreter',
    ],
    [
      'the variable of a placeholder',
      { script: 'x', environment: [{ name: 'param_who', value: '' }] },
      'parameters.environment',
    ],
  ])('as a script cannot have %s', async (_what, parameters, path) => {
    const { admin } = await startWorld();
    await expect(admin.savedCommands.create({ ...GREET, parameters: { ...parameters } })).rejects.toThrow(
      wrongIn(path),
    );
    const { id } = await admin.savedCommands.create(GREET);
    await expect(admin.savedCommands.update({ savedCommandId: id, parameters: { ...parameters } })).rejects.toThrow(
      wrongIn(path),
    );
    expect(await admin.savedCommands.byId({ savedCommandId: id })).toMatchObject({ version: 1 });
  });
});

describe('what is sent from a saved command', () => {
  test('is its text as it stands and what was given, on the hosts that the caller may', async () => {
    const { services, hostIds, admin, host } = await startWorld();
    const { id } = await admin.savedCommands.create(GREET);
    const some = await personOn(services, { role: 'operator', hostIds: [hostIds[0]!] });
    const draft = { savedCommandId: id, parameters: { who: 'you' }, targets: { all: true as const } };
    expect(await some.commands.preview(draft)).toMatchObject({ total: 1 });
    const sent = await some.commands.send({ ...draft, savedCommandVersion: 1 });
    expect(sent).toMatchObject({
      ...{ kind: 'execute_shell', counts: { queued: 1 }, savedCommand: { id, name: 'Greet' } },
      parameters: {
        script: SCRIPT,
        environment: [
          { name: 'PARAM_WHO', value: 'you' },
          { name: 'PARAM_TIMES', value: '1' },
        ],
      },
    });
    expect((await host.told('commands')).runs[0]!.command).toEqual({ kind: 'execute_shell', ...sent.parameters });
    const elsewhere = { ...draft, targets: { hostIds: [hostIds[1]!] } };
    await expect(some.commands.send(elsewhere)).rejects.toMatchObject({ appCode: 'command.targets_missing' });
    await admin.savedCommands.update({ savedCommandId: id, name: 'Say hello' });
    for (const act of [admin.commands.send, admin.commands.preview])
      await expect(act({ ...draft, savedCommandVersion: 1 })).rejects.toMatchObject({
        appCode: 'saved_command.changed',
      });
    expect((await admin.commands.list({ savedCommandId: id })).commands.map((command) => command.id)).toEqual([
      sent.id,
    ]);
    await admin.savedCommands.delete({ savedCommandId: id });
    expect(await admin.commands.byId({ commandId: sent.id })).toMatchObject({
      savedCommand: { id: null, name: 'Greet' },
    });
  });

  test('never changes the text of a script, whatever is given', async () => {
    const { admin, operator, host } = await startWorld();
    const { id: savedCommandId } = await admin.savedCommands.create(GREET);
    for (const who of HOSTILE) {
      const { id } = await operator.commands.send({ savedCommandId, parameters: { who }, targets: { all: true } });
      const { runs } = await host.told('commands');
      const { script, environment } = runs[0]!.command as unknown as { script: string; environment: object[] };
      expect([script, environment[0]]).toEqual([SCRIPT, { name: 'PARAM_WHO', value: who }]);
      await host.says(id, { state: 'succeeded' });
    }
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['nothing', {}, 'parameters.who'],
    ['an empty text', { who: '' }, 'parameters.who'],
    ['an option', { who: '-rf' }, 'parameters.who'],
    ['two lines', { who: 'a\nb' }, 'parameters.who'],
    ['no text', { who: ['a'] }, 'parameters.who'],
    ['what no environment can hold', { who: 'a\0b' }, 'parameters.who'],
    ['too much', { who: 'x'.repeat(4001) }, 'parameters.who'],
    ['a number out of bounds', { who: 'a', times: 10 }, 'parameters.times'],
    ['a text for a number', { who: 'a', times: '1; id' }, 'parameters.times'],
    ['a script of their own', { who: 'a', script: 'id' }, 'parameters.script'],
    ['what every object has', { who: 'a', constructor: 'x' }, 'parameters.constructor'],
  ])('is not what says %s', async (_what, parameters, path) => {
    const { services, admin, operator } = await startWorld();
    const { id: savedCommandId } = await admin.savedCommands.create(GREET);
    const draft = { savedCommandId, parameters, targets: { all: true as const } };
    await expect(operator.commands.send(draft)).rejects.toThrow(wrongIn(path));
    await expect(operator.commands.preview(draft)).rejects.toThrow(wrongIn(path));
    expect(await services.db.$count(commands)).toBe(0);
  });

  test('has arguments that its kind takes, each in its place', async () => {
    const { admin, operator } = await startWorld();
    const { id: savedCommandId } = await admin.savedCommands.create(RESTART);
    const send = (parameters: Record<string, unknown>) =>
      operator.commands.send({ savedCommandId, parameters, targets: { all: true } });
    expect((await send({ service: 'nginx' })).parameters).toEqual({ service: 'nginx', action: 'status' });
    for (const service of HOSTILE) await expect(send({ service })).rejects.toThrow(wrongIn('parameters.service'));
    await expect(send({ service: 'nginx', what: 'stop' })).rejects.toThrow(wrongIn('parameters.what'));
    const install = await admin.savedCommands.create({
      ...{ name: 'Install', kind: 'install_package', parameters: { packages: ['base', '{{one}}', '{{two}}'] } },
      placeholders: [{ name: 'one' }, { name: 'two', isRequired: false }],
    });
    const sent = (parameters: Record<string, unknown>) =>
      operator.commands.send({ savedCommandId: install.id, parameters, targets: { all: true } });
    expect((await sent({ one: 'curl' })).parameters).toEqual({ packages: ['base', 'curl'] });
    await expect(sent({ one: 'curl', two: 'a b' })).rejects.toThrow(wrongIn('parameters.two'));
  });

  test('is a kind or a saved command', async () => {
    const { admin } = await startWorld();
    const { id: savedCommandId } = await admin.savedCommands.create(RESTART);
    const what = { parameters: { service: 'nginx' }, targets: { all: true as const } };
    for (const both of [{}, { kind: 'get_system_info' as const, savedCommandId }])
      await expect(admin.commands.send({ ...what, ...both })).rejects.toThrow(wrongIn('kind'));
  });
});

describe('who may', () => {
  test('run a script that was saved for them cannot run another, nor change it', async () => {
    const { admin, operator } = await startWorld();
    const { id: savedCommandId } = await admin.savedCommands.create(GREET);
    const targets = { all: true } as const;
    await operator.commands.send({ savedCommandId, parameters: { who: 'you' }, targets });
    const forbidden = { appCode: 'auth.forbidden' };
    const own = { kind: 'execute_shell', parameters: { script: 'id' }, targets } as const;
    await expect(operator.commands.send(own)).rejects.toMatchObject(forbidden);
    await expect(operator.savedCommands.create({ ...GREET, name: 'x' })).rejects.toMatchObject(forbidden);
    await expect(operator.savedCommands.update({ savedCommandId, parameters: { script: 'id' } })).rejects.toMatchObject(
      forbidden,
    );
    await expect(operator.savedCommands.update({ savedCommandId, name: 'x' })).rejects.toMatchObject(forbidden);
    await expect(operator.savedCommands.delete({ savedCommandId })).rejects.toMatchObject(forbidden);
  });

  test('run scripts alone runs and changes what was saved for them alone', async () => {
    const { admin, operator } = await startWorld();
    const made = await admin.savedCommands.create({ ...RESTART, runBy: 'commands.shell' });
    const savedCommandId = made.id;
    const draft = { savedCommandId, parameters: { service: 'nginx' }, targets: { all: true as const } };
    const forbidden = { appCode: 'auth.forbidden' };
    await expect(operator.commands.send(draft)).rejects.toMatchObject(forbidden);
    await expect(operator.commands.preview(draft)).rejects.toMatchObject(forbidden);
    await expect(operator.savedCommands.update({ savedCommandId, runBy: 'commands.run' })).rejects.toMatchObject(
      forbidden,
    );
    await expect(operator.savedCommands.delete({ savedCommandId })).rejects.toMatchObject(forbidden);
    await admin.commands.send(draft);
    const open = await operator.savedCommands.create({ ...RESTART, name: 'Open' });
    await expect(
      operator.savedCommands.update({ savedCommandId: open.id, runBy: 'commands.shell' }),
    ).rejects.toMatchObject(forbidden);
  });

  test('save for others may do so everywhere', async () => {
    const { services, hostIds } = await startWorld();
    const some = await personOn(services, { role: 'operator', hostIds: [hostIds[0]!] });
    await expect(some.savedCommands.create(RESTART)).rejects.toMatchObject({ appCode: 'auth.forbidden' });
  });
});

test('who may run it is who may send such a command, where nobody says otherwise', async () => {
  const { admin, operator } = await startWorld();
  const { runBy: _, ...shell } = GREET;
  const script = await admin.savedCommands.create(shell);
  const restart = await admin.savedCommands.create(RESTART);
  expect([script.runBy, restart.runBy]).toEqual(['commands.shell', 'commands.run']);
  const run = (savedCommandId: string, parameters: object) =>
    operator.commands.send({ savedCommandId, parameters: parameters as never, targets: { all: true } });
  await expect(run(script.id, { who: 'you' })).rejects.toMatchObject({ appCode: 'auth.forbidden' });
  await run(restart.id, { service: 'cron' });
});

describe('secrets', () => {
  const [own, given] = ['correct horse battery staple', 'a password of the caller'];
  const environment = [{ name: 'TOKEN', value: own, isSecret: true }];
  const DEPLOY = {
    ...{ name: 'Deploy', kind: 'execute_shell', parameters: { script: 'deploy', environment }, runBy: 'commands.run' },
    placeholders: [{ name: 'password', type: 'secret' }],
  } satisfies Said;

  test('are told to the machine, and stand in no row, answer or record', async () => {
    const { services, admin, operator, host } = await startWorld();
    const saved = await admin.savedCommands.create(DEPLOY);
    const seen = await operator.savedCommands.byId({ savedCommandId: saved.id });
    const draft = { savedCommandId: saved.id, parameters: { password: given }, targets: { all: true as const } };
    const sent = await operator.commands.send(draft);
    expect((await host.told('commands')).runs[0]!.command).toMatchObject({
      environment: [...environment, { name: 'PARAM_PASSWORD', value: given, isSecret: true }],
    });
    await services.audit.trySeal();
    const kept = await Promise.all(
      [commands, savedCommands, auditRecords, auditPending].map((table) => services.db.select().from(table)),
    );
    const everything = JSON.stringify([saved, seen, sent, kept, services.logged]);
    expect(everything).toContain('PARAM_PASSWORD');
    for (const secret of [own, given]) expect(everything).not.toContain(secret);
  });

  test('that a change leaves empty stay what they were', async () => {
    const { admin, host } = await startWorld();
    const { id: savedCommandId } = await admin.savedCommands.create(DEPLOY);
    const parameters = {
      script: 'deploy --fast',
      environment: [
        { name: 'TOKEN', value: '', isSecret: true },
        { name: 'NEW', value: '', isSecret: true },
      ],
    };
    await admin.savedCommands.update({ savedCommandId, parameters });
    await admin.commands.send({ savedCommandId, parameters: { password: given }, targets: { all: true } });
    expect((await host.told('commands')).runs[0]!.command).toMatchObject({
      script: 'deploy --fast',
      environment: [environment[0], { name: 'NEW', value: '', isSecret: true }, { name: 'PARAM_PASSWORD' }],
    });
  });

  test('that the server can open no more are said to be lost, and can be written anew', async () => {
    const { services, admin, host } = await startWorld();
    const { id: savedCommandId } = await admin.savedCommands.create(DEPLOY);
    // As another secret of the server's would have sealed it.
    const sealed = services.secretParameters.seal('another', { script: 'deploy', environment });
    await services.db.update(savedCommands).set({ parameters: sealed });
    const draft = { savedCommandId, parameters: { password: given }, targets: { all: true as const } };
    const lost = { appCode: 'saved_command.secret_lost', code: 'CONFLICT' };
    await expect(admin.commands.preview(draft)).rejects.toMatchObject(lost);
    await expect(admin.commands.send(draft)).rejects.toMatchObject(lost);
    await expect(admin.savedCommands.update({ savedCommandId, name: 'Ship' })).rejects.toMatchObject(lost);
    const left = [{ ...environment[0]!, value: '' }];
    await expect(
      admin.savedCommands.update({ savedCommandId, parameters: { script: 'deploy', environment: left } }),
    ).rejects.toMatchObject(lost);
    const anew = [{ ...environment[0]!, value: 'written anew' }];
    await admin.savedCommands.update({ savedCommandId, parameters: { script: 'deploy', environment: anew } });
    await admin.commands.send(draft);
    expect((await host.told('commands')).runs[0]!.command).toMatchObject({ environment: [anew[0], {}] });
  });
});

test('the audit log has its text as it was saved, and as it was sent, from which version', async () => {
  const { services, admin } = await startWorld();
  const script = Array.from({ length: 300 }, (_, i) => `echo "line ${i} $PARAM_WHO"`).join('\n');
  const { id } = await admin.savedCommands.create({ ...GREET, parameters: { script } });
  const sent = await admin.commands.send({ savedCommandId: id, parameters: { who: 'you' }, targets: { all: true } });
  await services.audit.trySeal();
  const textOf = async (objectId: string) => {
    const records = await services.db
      .select({ after: auditRecords.after })
      .from(auditRecords)
      .where(eq(auditRecords.objectId, objectId))
      .orderBy(auditRecords.sequence);
    const states = records.map(({ after }) => after as { parameters?: string[] });
    return {
      first: states[0],
      text: JSON.parse(states.flatMap(({ parameters }) => parameters ?? []).join('')) as object,
    };
  };
  expect(await textOf(id)).toMatchObject({ text: { script, placeholders: [{ name: 'who' }, { name: 'times' }] } });
  expect(await textOf(sent.id)).toMatchObject({
    first: { savedCommand: 'Greet', version: 1 },
    text: { script, environment: [{ name: 'PARAM_WHO', value: 'you' }, { name: 'PARAM_TIMES' }] },
  });
});
