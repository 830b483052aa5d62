import { expect, test } from 'vitest';
import { seedHosts } from '../hosts/testing';
import { openPage } from '../live/testing';
import { administratorOf, personOn, sessionOf, testServices } from '../testing';
import { connectedAs, makeAble } from './testing';

async function startWorld() {
  const services = await testServices();
  const [mine, other] = (await seedHosts(services.db, [{}, {}])) as [string, string];
  await makeAble(services, [mine, other]);
  const admin = await administratorOf(services);
  const what = { kind: 'get_system_info', parameters: {} } as const;
  const { id } = await admin.commands.send({ ...what, targets: { all: true } });
  return { services, admin, what, mine, other, id };
}

test('a page hears of counts and states, and of what a run writes as it is told', async () => {
  const { services, mine, id } = await startWorld();
  const page = await openPage(services);
  const run = `${id}.${mine}`;
  await page.watch(
    { topic: 'commands', keys: [id] },
    { topic: 'commandStates', keys: [id] },
    { topic: 'commandRuns', keys: [run] },
  );
  const host = connectedAs(services, mine);
  await host.says(id, 'running');
  expect(await page.nextOf('commandStates')).toEqual([{ kind: 'patch', key: id, patch: { [mine]: 'running' } }]);

  await host.wrote(id, 0, 'hello');
  const wrote = {
    kind: 'patch',
    key: run,
    patch: { recent: [expect.objectContaining({ offset: 0, data: 'aGVsbG8=' })] },
  };
  for (let heard: unknown[] = []; ; heard = await page.nextOf('commandRuns')) {
    if (heard.length === 0) continue;
    // The row was read meanwhile, before or after.
    if (JSON.stringify(heard).includes('recent')) {
      expect(heard).toContainEqual(wrote);
      break;
    }
    expect(heard).toMatchObject([{ kind: 'value', key: run, value: { state: 'running' } }]);
  }

  await host.says(id, 'succeeded');
  for (;;) {
    const [change] = await page.nextOf('commands');
    const { counts } = (change as unknown as { value: { counts: { succeeded: number } } }).value;
    if (counts.succeeded === 1) break;
  }
});

test('who has a role on some hosts hears of what runs there, and of no count or state of others', async () => {
  const { services, admin, what, mine, other, id } = await startWorld();
  const person = (await (await personOn(services, { role: 'operator', hostIds: [mine] })).users.me())!;
  const page = await openPage(services, sessionOf(person));
  const keys = [`${id}.${mine}`, `${id}.${other}`];
  await page.watch(
    { topic: 'commands', keys: [id], news: true },
    { topic: 'commandStates', keys: [id], news: true },
    { topic: 'commandRuns', keys, news: true },
  );
  const first = await page.next();
  expect(first!.changes).toEqual(
    [
      ['commands', id],
      ['commandStates', id],
      ['commandRuns', keys[1]],
    ].map(([topic, key]) => ({ topic, kind: 'gone', key })),
  );
  await admin.commands.send({ ...what, targets: { hostIds: [other] } });
  const theirs = connectedAs(services, other);
  await theirs.says(id, 'running');
  await theirs.wrote(id, 0, 'secret');
  await connectedAs(services, mine).says(id, 'running');
  const { changes } = (await page.next())!;
  expect(changes).toMatchObject([{ topic: 'commandRuns', kind: 'value', key: keys[0], value: { state: 'running' } }]);
});

test('a viewer hears of no command', async () => {
  const { services, id } = await startWorld();
  const page = await openPage(services, sessionOf({ role: 'viewer' }));
  for (const topic of ['commands', 'commandStates'])
    await expect(page.watch({ topic, keys: [id] })).rejects.toMatchObject({ appCode: 'auth.forbidden' });
});

test('what is no key of theirs is refused', async () => {
  const { services, mine, id } = await startWorld();
  const page = await openPage(services);
  for (const [topic, key] of [
    ['commands', 'x'],
    ['commandStates', `${id}.${mine}`],
    ['commandRuns', id],
    ['commandRuns', `${id}.x`],
  ] as const) {
    await expect(page.watch({ topic, keys: [key] }), key).rejects.toMatchObject({ appCode: 'input.invalid' });
  }
});
