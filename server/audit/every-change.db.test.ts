import { expect, test } from 'vitest';
import { auditRecords, clones } from '../../db/schema';
import { appRouter } from '../router';
import { seedHosts } from '../hosts/testing';
import { administratorOf, browserOf, callerFor, registrationOf, strangerOf, testServices } from '../testing';
import { openSetup } from '../users/setup';
import { actionOf } from './record-refusal';

const PASSWORD = 'correct horse battery staple';

type World = Awaited<ReturnType<typeof startWorld>>;

/** A server with one administrator, and the ways to what changes need. */
async function startWorld() {
  const services = await testServices();
  const admin = await administratorOf(services);
  const approved = async () => (await seedHosts(services.db, [{}]))[0]!;
  const waiting = async (fqdn = 'new.example.com') => (await strangerOf(services).agents.register(await registrationOf(fqdn))).enrolmentId;
  const invited = () => admin.users.invite({ email: 'ann@example.com', name: 'Ann', role: 'administrator' });
  const member = async () => {
    const { userId, link } = await invited();
    await callerFor(services).users.useLink({ token: link.token, password: PASSWORD });
    return { userId, self: await browserOf(services, userId) };
  };
  const conflicting = async () => {
    await admin.hosts.approve({ hostId: await waiting('known.example.com') });
    return waiting('known.example.com');
  };
  const cloned = async () => {
    const hostId = await approved();
    const side = { id: '01890000-0000-7000-8000-000000000009', address: '192.0.2.7', connectedAt: new Date().toISOString() };
    await services.db.insert(clones).values({ hostId, first: side, second: side });
    return hostId;
  };
  const tokenCaller = async () => {
    await member();
    const { token } = await strangerOf(services).tokens.login({ userid: 'ann@example.com', password: PASSWORD });
    return callerFor(services, { listener: 'api', bearer: token });
  };
  const keyId = async (self: ReturnType<typeof callerFor>) => {
    await self.apiKeys.create({ name: 'backup', permissions: ['hosts.read'], days: 1 });
    return (await self.apiKeys.list())[0]!.id;
  };
  const enrolmentToken = { name: 'rack 4', expiresInHours: 1, maxUses: 1, autoApprove: false, servers: ['https://server.example.com'] };
  return { services, admin, approved, waiting, invited, member, conflicting, cloned, tokenCaller, keyId, enrolmentToken };
}

/** One successful call of every procedure that changes something. */
const CHANGES: Record<string, (world: World) => Promise<unknown>> = {
  'apiKeys.create': async ({ member, keyId }) => keyId((await member()).self),
  'apiKeys.revoke': async ({ member, keyId }) => {
    const { self } = await member();
    await self.apiKeys.revoke({ keyId: await keyId(self) });
  },
  'enrolmentTokens.create': ({ admin, enrolmentToken }) => admin.enrolmentTokens.create(enrolmentToken),
  'enrolmentTokens.revoke': async ({ admin, enrolmentToken }) => admin.enrolmentTokens.revoke({ tokenId: (await admin.enrolmentTokens.create(enrolmentToken)).id }),
  'hosts.approve': async ({ admin, waiting }) => admin.hosts.approve({ hostId: await waiting() }),
  'hosts.reject': async ({ admin, waiting }) => admin.hosts.reject({ hostId: await waiting() }),
  'hosts.keep': async ({ admin, conflicting }) => admin.hosts.keep({ hostId: await conflicting() }),
  'hosts.replace': async ({ admin, conflicting }) => admin.hosts.replace({ hostId: await conflicting() }),
  'hosts.dismissClone': async ({ admin, cloned }) => admin.hosts.dismissClone({ hostId: await cloned() }),
  'hosts.update': async ({ admin, approved }) => admin.hosts.update({ hostId: await approved(), notes: 'Rack 4.' }),
  'hosts.revoke': async ({ admin, approved }) => admin.hosts.revoke({ hostId: await approved() }),
  'hosts.rotateCertificate': async ({ admin, approved }) => admin.hosts.rotateCertificate({ hostIds: [await approved()] }),
  'hosts.delete': async ({ admin, approved }) => admin.hosts.delete({ hostId: await approved() }),
  'profile.update': async ({ member }) => (await member()).self.profile.update({ name: 'Anna', language: 'en' }),
  'profile.changePassword': async ({ member }) => (await member()).self.profile.changePassword({ old: PASSWORD, password: `${PASSWORD} again` }),
  'profile.signOutElsewhere': async ({ member }) => (await member()).self.profile.signOutElsewhere(),
  'tokens.login': ({ tokenCaller }) => tokenCaller(),
  'tokens.logout': async ({ tokenCaller }) => (await tokenCaller()).tokens.logout(),
  'users.setup': async () => {
    const services = await testServices();
    const token = (await openSetup(services.db))!;
    await callerFor(services).users.setup({ token, email: 'first@example.com', password: PASSWORD });
    return services;
  },
  'users.signIn': async ({ services, member }) => {
    await member();
    await callerFor(services).users.signIn({ email: 'ann@example.com', password: PASSWORD });
  },
  'users.signOut': async ({ member }) => (await member()).self.users.signOut(),
  'users.useLink': ({ member }) => member(),
  'users.invite': ({ invited }) => invited(),
  'users.update': async ({ admin, member }) => admin.users.update({ userId: (await member()).userId, role: 'viewer' }),
  'users.deactivate': async ({ admin, member }) => admin.users.deactivate({ userId: (await member()).userId }),
  'users.activate': async ({ admin, member }) => {
    const { userId } = await member();
    await admin.users.deactivate({ userId });
    await admin.users.activate({ userId });
  },
  'users.unlock': async ({ admin, member }) => admin.users.unlock({ userId: (await member()).userId }),
  'users.signOutEverywhere': async ({ admin, member }) => admin.users.signOutEverywhere({ userId: (await member()).userId }),
  'users.renewLink': async ({ admin, invited }) => admin.users.renewLink({ userId: (await invited()).userId }),
  'users.delete': async ({ admin, member }) => admin.users.delete({ userId: (await member()).userId }),
};

/** What is not called here, and why. */
const LEFT_OUT: Record<string, string> = {
  'hosts.split': 'needs two machines that are connected: hosts/split-clone.db.test.ts',
  'agents.register': 'a claim; the host’s history has it, and so has the record of whoever decides on it',
  'agents.enrolment': 'changes nothing: a mutation so that the proof stands in a body',
  'agents.certificate': 'hands out what was approved; what it renews: agents/renew-certificate.db.test.ts',
  'agents.connectionToken': 'changes nothing that is kept',
  'agents.renewCertificate': 'an offer; recorded when it is first used',
  'agents.hello': 'what a machine says of itself',
  'agents.heartbeat': 'what a machine says of itself',
  'agents.reportError': 'what a machine says of itself',
};

test('every procedure that changes something is called here, or said to be left out', () => {
  // By path, as the router keeps them beside their tree; its type knows the tree alone.
  const procedures = appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>;
  const mutations = Object.entries(procedures).filter(([, { _def }]) => _def.type === 'mutation').map(([path]) => path);
  expect([...Object.keys(CHANGES), ...Object.keys(LEFT_OUT)].sort()).toEqual(mutations.sort());
});

test.each(Object.keys(CHANGES))('%s leaves a record under its name, of somebody', async (path) => {
  const world = await startWorld();
  const answer = await CHANGES[path]!(world);
  const services = path === 'users.setup' ? (answer as World['services']) : world.services;
  await services.audit.seal();
  const records = (await services.db.select().from(auditRecords)).filter(({ action }) => action === actionOf(path));
  expect(records).toHaveLength(1);
  expect(records[0]).toMatchObject({ outcome: 'done', actorKind: 'person', actorLabel: expect.stringContaining('@example.com') });
});
