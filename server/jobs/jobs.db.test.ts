import { and, eq, inArray } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { auditRecords, hostConfigurations, hosts, jobHosts, jobs, roleGrants, users } from '../../db/schema';
import { EVERY } from '../events';
import { seedHosts } from '../hosts/testing';
import { administratorOf, callerFor, personOf, personOn, testServices } from '../testing';
import { keepJobs } from './keep-jobs';
import { runJobs } from './run-jobs';

let services: Awaited<ReturnType<typeof testServices>>;
let admin: Awaited<ReturnType<typeof administratorOf>>;

beforeEach(async () => {
  services = await testServices();
  admin = await administratorOf(services);
});

const seed = (...wanted: Parameters<typeof seedHosts>[1]) => seedHosts(services.db, wanted);
const never = () => false;

/** Until nothing is left to do. */
async function work() {
  while (await runJobs(services, never));
}

const approvals = async () =>
  Object.fromEntries((await services.db.select().from(hosts)).map(({ fqdn, approval }) => [fqdn, approval]));
const tagsOf = async () =>
  Object.fromEntries((await services.db.select().from(hosts)).map(({ fqdn, tags }) => [fqdn, tags]));
const outcomes = async (jobId: string, caller = admin) =>
  Object.fromEntries((await caller.jobs.hosts({ jobId })).hosts.map(({ fqdn, outcome }) => [fqdn, outcome]));

test('a job is for the hosts of when it was proposed, and does nothing before it is started', async () => {
  await seed({ fqdn: 'web-1' }, { fqdn: 'web-2' }, { fqdn: 'db' });
  const job = await admin.jobs.propose({
    act: { act: 'addTags', tags: 'env:prod, web' },
    targets: { matching: { search: 'web' } },
  });
  expect(job).toMatchObject({
    state: 'proposed',
    hosts: 2,
    leftOut: 0,
    done: 0,
    refused: 0,
    tags: ['env:prod', 'web'],
  });
  await work();
  expect(await tagsOf()).toEqual({ 'web-1': [], 'web-2': [], db: [] });

  await seed({ fqdn: 'web-3', keyFingerprint: 'another' });
  await admin.jobs.start({ jobId: job.id });
  await work();
  const tags = ['env:prod', 'web'];
  expect(await tagsOf()).toEqual({ 'web-1': tags, 'web-2': tags, 'web-3': [], db: [] });
  expect(await admin.jobs.byId({ jobId: job.id })).toMatchObject({ state: 'done', done: 2, refused: 0 });
  expect((await admin.jobs.list({})).jobs).toMatchObject([{ id: job.id }]);
  await expect(admin.jobs.start({ jobId: job.id })).rejects.toMatchObject({ appCode: 'job.not_proposed' });
  await expect(admin.jobs.cancel({ jobId: job.id })).rejects.toMatchObject({ appCode: 'job.ended' });
});

test('a filter that is not known is refused, and does not mean all hosts', async () => {
  await seed({ fqdn: 'approved' });
  const matching = { platfrom: 'linux' } as object;
  await expect(admin.jobs.propose({ act: { act: 'revoke' }, targets: { matching } })).rejects.toMatchObject({
    code: 'BAD_REQUEST',
  });
});

describe('each act', () => {
  test('is done to the hosts that it is for, and to no others', async () => {
    const [up, , rejected] = await seed(
      { fqdn: 'approved' },
      { fqdn: 'waiting', approval: 'pending' },
      { fqdn: 'away', approval: 'rejected' },
      { fqdn: 'twice', approval: 'conflict' },
    );
    const all = { matching: {} };
    const rejecting = await admin.jobs.propose({ act: { act: 'reject' }, targets: all });
    expect(rejecting, 'what is decided is left out').toMatchObject({ hosts: 2, leftOut: 2 });
    const approving = await admin.jobs.propose({ act: { act: 'approve' }, targets: all });
    expect(approving, 'a conflict is looked at one by one').toMatchObject({ hosts: 1, leftOut: 3 });
    await admin.jobs.start({ jobId: rejecting.id });
    await work();
    expect(await approvals()).toEqual({
      approved: 'approved',
      waiting: 'rejected',
      away: 'rejected',
      twice: 'rejected',
    });
    await admin.jobs.start({ jobId: approving.id });
    await work();
    expect(await outcomes(approving.id), 'it was turned away meanwhile').toEqual({ waiting: 'host.not_pending' });
    expect(await admin.jobs.byId({ jobId: approving.id })).toMatchObject({ state: 'done', done: 0, refused: 1 });

    const revoking = await admin.jobs.propose({ act: { act: 'revoke' }, targets: { hostIds: [up!, rejected!] } });
    expect(revoking).toMatchObject({ hosts: 1, leftOut: 1 });
    await admin.jobs.start({ jobId: revoking.id });
    await work();
    expect(await approvals()).toMatchObject({ approved: 'revoked' });
    const deleting = await admin.jobs.propose({ act: { act: 'delete' }, targets: { matching: {}, except: [up!] } });
    await admin.jobs.start({ jobId: deleting.id });
    await work();
    expect(await approvals()).toEqual({ approved: 'revoked' });
    expect(await outcomes(deleting.id), 'what is gone is still named').toMatchObject({ waiting: 'done', away: 'done' });
  });

  test('of fleets, of tags, of certificates', async () => {
    const [web, db] = (await seed({ fqdn: 'web', tags: ['old', 'env'] }, { fqdn: 'db' })) as [string, string];
    const { id: fleetId } = await admin.fleets.create({ name: 'Shop', rule: 'name = web' });
    for (const act of [
      { act: 'removeTags', tags: ['old', 'none'] },
      { act: 'putInFleet', fleetId },
      { act: 'rotate' },
    ] as const) {
      const { id: jobId } = await admin.jobs.propose({ act, targets: { hostIds: [web, db] } });
      await admin.jobs.start({ jobId });
    }
    await work();
    expect(await tagsOf()).toEqual({ web: ['env'], db: [] });
    const members = async () => (await admin.fleets.hosts({ fleetId })).hosts.map(({ fqdn }) => fqdn);
    expect(await members()).toEqual(['db', 'web']);
    const asked = await services.db.select({ at: hosts.renewalRequestedAt }).from(hosts);
    expect(asked.every(({ at }) => at !== null)).toBe(true);
    const { id: jobId } = await admin.jobs.propose({
      act: { act: 'takeOutOfFleet', fleetId },
      targets: { matching: { fleet: fleetId } },
    });
    await admin.jobs.start({ jobId });
    await work();
    expect(await members()).toEqual([]);
    const full = Array.from({ length: 50 }, (_, i) => `tag-${i}`);
    await admin.hosts.update({ hostId: web, tags: full });
    const more = await admin.jobs.propose({ act: { act: 'addTags', tags: ['more'] }, targets: { hostIds: [web, db] } });
    await admin.jobs.start({ jobId: more.id });
    await work();
    expect(await outcomes(more.id)).toEqual({ web: 'host.too_many_tags', db: 'done' });
    expect((await admin.jobs.hosts({ jobId: more.id, outcome: 'refused' })).hosts).toMatchObject([{ fqdn: 'web' }]);
  });

  test('of configurations: each host that was let in is asked, and those that are there hear it', async () => {
    const [here] = await seed(
      { fqdn: 'here' },
      { fqdn: 'waits', approval: 'pending' },
      { fqdn: 'else', platform: 'macos' },
    );
    const woken: string[] = [];
    services.events.listen('inbox.changed', EVERY, ({ hostId, kind }) => void woken.push(`${kind} ${hostId}`));
    const { id: jobId, ...job } = await admin.jobs.propose({
      act: { act: 'pushConfiguration' },
      targets: { matching: { platform: 'linux' } },
    });
    expect(job).toMatchObject({ hosts: 1, leftOut: 1 });
    await admin.jobs.start({ jobId });
    await work();
    expect(await outcomes(jobId)).toEqual({ here: 'done' });
    expect(woken).toEqual([`configuration ${here}`]);
    const asked = await services.db.select().from(hostConfigurations);
    expect(asked).toMatchObject([{ hostId: here, requestedAt: expect.any(Date) as unknown }]);
  });

  test('is done to those that wait, that asked from an address, and to nobody who asks later', async () => {
    const from = { approval: 'pending', registeredFrom: '203.0.113.7' } as const;
    await seed({ fqdn: 'flood-1', ...from }, { fqdn: 'flood-2', ...from }, { fqdn: 'honest', approval: 'pending' });
    await seed({ fqdn: 'known', registeredFrom: '203.0.113.7', keyFingerprint: 'known' });
    const job = await admin.jobs.propose({
      act: { act: 'reject' },
      targets: { matching: { from: '203.0.113.7', filter: 'state in (pending, conflict)' } },
    });
    expect(job).toMatchObject({ hosts: 2, leftOut: 0 });
    await seed({ fqdn: 'later', ...from, keyFingerprint: 'later' });
    await admin.jobs.start({ jobId: job.id });
    await work();
    expect(await approvals()).toEqual({
      ...{ 'flood-1': 'rejected', 'flood-2': 'rejected', honest: 'pending', known: 'approved', later: 'pending' },
    });
    expect((await admin.hosts.list({ from: '203.0.113.7' })).hosts).toMatchObject([{ fqdn: 'later' }]);
  });

  test('for no host is refused, and leaves nothing', async () => {
    await seed({ fqdn: 'web' });
    const propose = admin.jobs.propose({ act: { act: 'reject' }, targets: { matching: {} } });
    await expect(propose).rejects.toMatchObject({ appCode: 'job.no_hosts' });
    expect(await services.db.select().from(jobs)).toEqual([]);
  });
});

test('each act is on record by whoever asked for it, and told when it is there', async () => {
  const hostIds = await seed({ fqdn: 'one' }, { fqdn: 'two' });
  const { id: jobId } = await admin.jobs.propose({ act: { act: 'revoke' }, targets: { hostIds } });
  await admin.jobs.start({ jobId });
  const told: [string, string][] = [];
  services.events.listen('host.approval_changed', EVERY, ({ hostId, to }) => told.push([hostId, to]));
  await work();
  expect(told.sort()).toEqual(hostIds.map((id) => [id, 'revoked']).sort());
  await services.audit.seal();
  const records = await services.db
    .select({ action: auditRecords.action, actor: auditRecords.actorLabel, requestId: auditRecords.requestId })
    .from(auditRecords)
    .where(inArray(auditRecords.action, ['job.start', 'host.revoke']));
  expect(records.map(({ action }) => action).sort()).toEqual(['host.revoke', 'host.revoke', 'job.start']);
  expect(new Set(records.map(({ actor }) => actor))).toEqual(new Set(['admin@example.com']));
});

test('what is not done by then is left when a job is cancelled', async () => {
  const hostIds = await seed(...Array.from({ length: 30 }, (_, i) => ({ fqdn: `h-${i}`, keyFingerprint: `k ${i}` })));
  const { id: jobId } = await admin.jobs.propose({ act: { act: 'addTags', tags: ['x'] }, targets: { hostIds } });
  await admin.jobs.start({ jobId });
  expect(await runJobs(services, never), 'a turn is not all').toBe(true);
  await admin.jobs.cancel({ jobId });
  await work();
  expect(await admin.jobs.byId({ jobId })).toMatchObject({
    ...{ state: 'cancelled', cancelledBy: 'admin@example.com', done: 20, refused: 0 },
  });
});

test('what came of a job that has ended is on its own row, so that a list need not count its hosts', async () => {
  const [one] = await seed({ fqdn: 'one' }, { fqdn: 'two', approval: 'pending' });
  const counted = async (jobId: string) => {
    await services.db.delete(jobHosts).where(eq(jobHosts.jobId, jobId));
    return (await admin.jobs.list({})).jobs.find(({ id }) => id === jobId);
  };
  const propose = (hostIds: string[]) => admin.jobs.propose({ act: { act: 'revoke' }, targets: { hostIds } });
  const [first, second] = [await propose([one!]), await propose([one!])];
  for (const { id } of [first, second]) await admin.jobs.start({ jobId: id });
  expect((await admin.jobs.list({})).jobs, 'while it runs').toMatchObject([{ done: 0 }, { done: 0 }]);
  await work();
  expect(await counted(first.id)).toMatchObject({ state: 'done', done: 1, refused: 0 });
  expect(await counted(second.id)).toMatchObject({ state: 'done', done: 0, refused: 1 });

  const hostIds = await seed(...Array.from({ length: 25 }, (_, i) => ({ fqdn: `h-${i}`, keyFingerprint: `k ${i}` })));
  const { id: jobId } = await admin.jobs.propose({ act: { act: 'addTags', tags: ['x'] }, targets: { hostIds } });
  await admin.jobs.start({ jobId });
  await Promise.all([runJobs(services, never), admin.jobs.cancel({ jobId })]);
  const { done } = await admin.jobs.byId({ jobId });
  expect(await services.db.$count(jobHosts, and(eq(jobHosts.jobId, jobId), eq(jobHosts.outcome, 'done')))).toBe(done);
});

test('several processes that work on a job do each host once', async () => {
  const hostIds = await seed(...Array.from({ length: 40 }, (_, i) => ({ fqdn: `h-${i}`, keyFingerprint: `k ${i}` })));
  const { id: jobId } = await admin.jobs.propose({ act: { act: 'revoke' }, targets: { hostIds } });
  await admin.jobs.start({ jobId });
  await Promise.all([work(), work(), work()]);
  await work();
  expect(await admin.jobs.byId({ jobId })).toMatchObject({ state: 'done', done: 40, refused: 0 });
  await services.audit.seal();
  expect(await services.db.$count(auditRecords, eq(auditRecords.action, 'host.revoke'))).toBe(40);
});

describe('what whoever asked may do', () => {
  test('counts when it is done, host by host', async () => {
    const [mine, theirs] = (await seed({ fqdn: 'mine' }, { fqdn: 'theirs' })) as [string, string];
    const operator = await personOn(services, { role: 'operator', hostIds: [mine], everywhere: 'viewer' });
    const job = await operator.jobs.propose({ act: { act: 'revoke' }, targets: { hostIds: [mine, theirs] } });
    expect(job).toMatchObject({ hosts: 1, leftOut: 1 });
    await operator.jobs.start({ jobId: job.id });
    await services.db.delete(roleGrants);
    await work();
    expect(await outcomes(job.id)).toEqual({ mine: 'auth.forbidden' });
    expect(await approvals()).toEqual({ mine: 'approved', theirs: 'approved' });
  });

  test('ends with their account, and with it their jobs', async () => {
    await seed({ fqdn: 'web' });
    const operator = await personOf(services, 'operator');
    const { id: jobId } = await operator.jobs.propose({ act: { act: 'revoke' }, targets: { matching: {} } });
    await operator.jobs.start({ jobId });
    await services.db.update(users).set({ deactivatedAt: new Date() }).where(eq(users.email, 'operator@example.com'));
    await work();
    expect(await approvals()).toEqual({ web: 'approved' });
    expect(await admin.jobs.byId({ jobId })).toMatchObject({ state: 'cancelled', cancelledBy: 'sysmanage' });
  });

  test('is what a key names, if a key has started it', async () => {
    await seed({ fqdn: 'web' });
    const { key } = await admin.apiKeys.create({
      name: 'reader',
      permissions: ['hosts.read', 'hosts.update'],
      days: 1,
    });
    const script = callerFor(services, { listener: 'api', bearer: key });
    const targets = { matching: {} };
    await expect(script.jobs.propose({ act: { act: 'revoke' }, targets })).rejects.toMatchObject({
      appCode: 'auth.forbidden',
    });
    const proposed = await admin.jobs.propose({ act: { act: 'revoke' }, targets });
    await expect(script.jobs.start({ jobId: proposed.id })).rejects.toMatchObject({ appCode: 'auth.forbidden' });
    const { id: jobId } = await script.jobs.propose({ act: { act: 'addTags', tags: ['x'] }, targets });
    await script.jobs.start({ jobId });
    await work();
    expect(await tagsOf()).toEqual({ web: ['x'] });
    await services.audit.seal();
    const [record] = await services.db
      .select({ kind: auditRecords.actorKind })
      .from(auditRecords)
      .where(and(eq(auditRecords.action, 'host.update'), eq(auditRecords.objectLabel, 'web')));
    expect(record).toEqual({ kind: 'apiKey' });
  });

  test('jobs of others are for whoever may see all hosts', async () => {
    const [mine] = await seed({ fqdn: 'mine' }, { fqdn: 'theirs' });
    const { id: jobId } = await admin.jobs.propose({ act: { act: 'revoke' }, targets: { matching: {} } });
    await admin.jobs.start({ jobId });
    const operator = await personOn(services, { role: 'operator', hostIds: [mine!] });
    for (const look of [operator.jobs.byId, operator.jobs.hosts, operator.jobs.cancel])
      await expect(look({ jobId })).rejects.toMatchObject({ appCode: 'job.not_found' });
    expect((await operator.jobs.list({})).jobs).toEqual([]);
    const viewer = await personOf(services, 'viewer');
    expect((await viewer.jobs.list({})).jobs).toMatchObject([{ id: jobId }]);
    await expect(viewer.jobs.cancel({ jobId })).rejects.toMatchObject({ appCode: 'auth.forbidden' });
  });
});

test('a server works on what was started, and forgets what nobody started', async () => {
  await seed({ fqdn: 'web' });
  const targets = { matching: {} };
  const old = await admin.jobs.propose({ act: { act: 'revoke' }, targets });
  await services.db
    .update(jobs)
    .set({ proposedAt: new Date(Date.now() - 2 * 3_600_000) })
    .where(eq(jobs.id, old.id));
  const { id: jobId } = await admin.jobs.propose({ act: { act: 'addTags', tags: ['x'] }, targets });
  await admin.jobs.start({ jobId });
  const working = keepJobs(services);
  await expect.poll(async () => (await admin.jobs.byId({ jobId })).state).toBe('done');
  await working.stop();
  await expect(admin.jobs.byId({ jobId: old.id })).rejects.toMatchObject({ appCode: 'job.not_found' });
});
