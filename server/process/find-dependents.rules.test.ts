import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { hosts } from '../../db/schema';
import { createServices } from '../services';
import { administratorOf, registrationOf, strangerOf, testServices } from '../testing';
import { findDependents } from './find-dependents';

test('while a host is approved, a server whose certificates are gone does not start with others', async () => {
  const services = await testServices();
  const empty = await mkdtemp(join(tmpdir(), 'sysmanage-gone-'));
  onTestFinished(() => rm(empty, { recursive: true }));
  const config = { ...services.config, certificates: { ...services.config.certificates, path: empty } };
  expect(await findDependents(services.db)).toEqual({ hasApproved: false, hasRecords: false });

  await strangerOf(services).agents.register(await registrationOf('web-01.example.com'));
  expect(await findDependents(services.db)).toMatchObject({ hasApproved: false });
  const [host] = await services.db.select().from(hosts);
  await (await administratorOf(services)).hosts.approve({ hostId: host!.id });

  await expect(createServices({ ...services, config })).rejects.toThrow(
    /are missing, and approved hosts trust only the CA/,
  );
  expect(await readdir(empty)).toEqual([]);
  await services.audit.seal();
  expect(await findDependents(services.db)).toEqual({ hasApproved: true, hasRecords: true });
});
