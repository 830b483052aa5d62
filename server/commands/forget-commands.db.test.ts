import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { commandOutputs, commandRuns, commands } from '../../db/schema';
import { seedHosts } from '../hosts/testing';
import { administratorOf, testServices } from '../testing';
import { forgetCommands } from './forget-commands';
import { connectedAs, makeAble } from './testing';

async function startWorld() {
  const services = await testServices();
  const hostIds = await seedHosts(services.db, [{}, {}, {}, {}, {}]);
  await makeAble(services, hostIds);
  const admin = await administratorOf(services);
  const send = async (daysAgo: number) => {
    const { id } = await admin.commands.send({ kind: 'get_system_info', parameters: {}, targets: { all: true } });
    await connectedAs(services, hostIds[0]!).wrote(id, 0, 'output');
    await services.db.execute(sql`
      update command set created_at = now() - make_interval(days => ${daysAgo}) where id = ${id}`);
    return id;
  };
  const left = async () => ({
    commands: (await services.db.select({ id: commands.id }).from(commands)).map(({ id }) => id),
    runs: await services.db.$count(commandRuns),
    outputs: await services.db.$count(commandOutputs),
  });
  return { services, send, left };
}

test('what is older than it is kept goes, with its runs and what they wrote, however many a statement takes', async () => {
  const { services, send, left } = await startWorld();
  await send(100);
  await send(91);
  const kept = await send(89);
  await forgetCommands(services.db, { keepDays: 90, atOnce: 2 });
  expect(await left()).toEqual({ commands: [kept], runs: 5, outputs: 1 });
});

test('it goes in parts: whoever stops it waits for one, and the next time goes on', async () => {
  const { services, send, left } = await startWorld();
  const old = await send(100);
  const stopping = new AbortController();
  // The first part is under way when it is stopped.
  const db = new Proxy(services.db, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (name !== 'execute') return value;
      return (...asked: Parameters<typeof services.db.execute>) => {
        stopping.abort(new Error('stopped'));
        return target.execute(...asked);
      };
    },
  });
  await expect(forgetCommands(db, { keepDays: 90, atOnce: 2, signal: stopping.signal })).rejects.toThrow('stopped');
  expect(await left()).toMatchObject({ commands: [old], runs: 3 });
  await forgetCommands(services.db, { keepDays: 90, atOnce: 2 });
  expect(await left()).toEqual({ commands: [], runs: 0, outputs: 0 });
});
