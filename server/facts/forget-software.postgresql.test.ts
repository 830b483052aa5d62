import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { hostSoftware, software } from '../../db/schema';
import { seedHosts } from '../hosts/testing';
import { testServices } from '../testing';
import { forgetSoftware } from './forget-software';
import { writeSoftware } from './write-software';

test('a name that no host had stays when a host gets it just now', async () => {
  const { db } = await testServices();
  const [hostId] = (await seedHosts(db, [{}])) as [string];
  await db.insert(software).values({ name: 'openssl', version: '3.0' });
  let hasEnded = false;
  const isHeldUp = async () =>
    (await db.execute(sql`select 1 from pg_locks where locktype = 'advisory' and not granted`)).rows.length > 0;
  let forgetting: Promise<void> | undefined;
  await db.transaction(async (tx) => {
    await writeSoftware(tx, [{ hostId, changed: null, facts: { openssl: '3.0' } }]);
    // Sees the host as it was.
    forgetting = forgetSoftware(db).finally(() => (hasEnded = true));
    await expect.poll(async () => hasEnded || (await isHeldUp())).toBe(true);
  });
  await forgetting;
  const [{ softwareIds } = { softwareIds: [] }] = await db.select().from(hostSoftware);
  expect((await db.select().from(software)).map(({ id }) => id)).toEqual(softwareIds);
});
