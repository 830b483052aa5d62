import { expect, test } from 'vitest';
import { hostEvents } from '../../db/schema';
import { seedHosts } from '../hosts/testing';
import { testServices } from '../testing';
import { createCutOffs } from './cut-offs';

const MINUTE_MS = 60_000;

test('longer each time, at most an hour, from its address alone, and on the host’s history once a day', async () => {
  const services = await testServices();
  const [hostId] = (await seedHosts(services.db, [{}])) as [string];
  const machine = { hostId, address: '192.0.2.7' };
  let now = 0;
  const cutOffs = createCutOffs(services, () => now);
  expect(cutOffs.has(machine)).toBe(false);
  for (const minutes of [1, 2, 4, 8, 16, 32, 60, 60]) {
    await cutOffs.add(machine, 'agents.hello');
    now += minutes * MINUTE_MS - 1;
    expect(cutOffs.has(machine)).toBe(true);
    now += 1;
    expect(cutOffs.has(machine)).toBe(false);
  }
  await cutOffs.add(machine, 'agents.hello');
  expect([cutOffs.has({ ...machine, address: '192.0.2.8' }), cutOffs.has({ ...machine, hostId: 'another' })]).toEqual([
    false,
    false,
  ]);
  expect(await services.db.select().from(hostEvents)).toMatchObject([
    { hostId, kind: 'cut_off', detail: 'agents.hello' },
  ]);

  now += 25 * 60 * MINUTE_MS;
  await cutOffs.add(machine, 'frames');
  expect((await services.db.select().from(hostEvents)).map(({ detail }) => detail)).toEqual(['agents.hello', 'frames']);
  now += MINUTE_MS;
  expect(cutOffs.has(machine)).toBe(false);
});
