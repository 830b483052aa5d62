import { expect, test } from 'vitest';
import type { AgentIdentity } from './agents/agent-identity';
import { type Permission, PERMISSIONS, permissionsOf, ROLES } from './auth/permissions';
import { appRouter } from './router';
import { callerFor, personOf, sessionOf, strangerOf, testServices } from './testing';

const KEYS = PERMISSIONS.map((permission) => `key for ${permission}` as const);

/** Everybody there is to the server. A key for one permission has no other. */
const EVERYBODY = ['viewer', 'operator', 'administrator', 'nobody', 'stranger', 'person on the API listener', 'API key', ...KEYS, 'host', 'connected host'] as const;
type Who = (typeof EVERYBODY)[number];

// A person's session counts where cookies are read, which is the web listener; a guard by permission asks for no listener.
const administrators: Who[] = ['administrator', 'person on the API listener', 'API key'];
const operators: Who[] = ['operator', ...administrators];
const readers: Who[] = ['viewer', ...operators];

/** Who has each permission, apart from the key for it. */
const HAS: Record<Permission, Who[]> = {
  'hosts.read': readers,
  'hosts.update': operators,
  'hosts.approve': operators,
  'hosts.revoke': operators,
  'hosts.delete': operators,
  'enrolment.manage': operators,
  'certificates.read': readers,
  'certificates.rotate': operators,
  'users.read': administrators,
  'users.manage': administrators,
  'audit.read': administrators,
};

/** Whom the guards let in that ask for no permission. */
const IS = {
  /** It is their own: a key may do none of it, whatever it names. */
  own: ['viewer', 'operator', 'administrator', 'person on the API listener'],
  visitor: ['viewer', 'operator', 'administrator', 'nobody'],
  machine: ['stranger', 'person on the API listener', 'API key', ...KEYS, 'host'],
  host: ['host'],
  'connected host': ['connected host'],
} satisfies Record<string, Who[]>;

/** What each procedure asks for. One that is not here fails the test: whoever adds one says whom it is for. */
const MAY: Record<string, Permission | keyof typeof IS> = {
  'agents.register': 'machine',
  'agents.enrolment': 'machine',
  'agents.certificate': 'machine',
  'agents.connectionToken': 'host',
  'agents.hello': 'connected host',
  'agents.heartbeat': 'connected host',
  'agents.renewCertificate': 'connected host',
  'agents.reportError': 'connected host',
  'agents.inbox': 'connected host',
  'apiKeys.list': 'own',
  'apiKeys.create': 'own',
  'apiKeys.revoke': 'own',
  'audit.list': 'audit.read',
  'audit.export': 'audit.read',
  'certificates.served': 'certificates.read',
  'certificates.held': 'certificates.read',
  'certificates.warnings': 'certificates.read',
  'enrolmentTokens.list': 'enrolment.manage',
  'enrolmentTokens.create': 'enrolment.manage',
  'enrolmentTokens.revoke': 'enrolment.manage',
  'hosts.list': 'hosts.read',
  'hosts.waiting': 'hosts.read',
  'hosts.counts': 'hosts.read',
  'hosts.byId': 'hosts.read',
  'hosts.byFqdn': 'hosts.read',
  'hosts.cloned': 'hosts.read',
  'hosts.namesakes': 'hosts.read',
  'hosts.live': 'hosts.read',
  'hosts.update': 'hosts.update',
  'hosts.approve': 'hosts.approve',
  'hosts.adoptName': 'hosts.approve',
  'hosts.reject': 'hosts.approve',
  'hosts.rejectMatching': 'hosts.approve',
  'hosts.keep': 'hosts.approve',
  'hosts.replace': 'hosts.approve',
  'hosts.split': 'hosts.approve',
  'hosts.dismissClone': 'hosts.approve',
  'hosts.rotateCertificate': 'certificates.rotate',
  'hosts.revoke': 'hosts.revoke',
  'hosts.delete': 'hosts.delete',
  'profile.get': 'own',
  'profile.update': 'own',
  'profile.changePassword': 'own',
  'profile.signOutElsewhere': 'own',
  'tokens.login': 'machine',
  'tokens.logout': 'own',
  'users.setupOpen': 'visitor',
  'users.setup': 'visitor',
  'users.signIn': 'visitor',
  'users.signOut': 'visitor',
  'users.me': 'visitor',
  'users.link': 'visitor',
  'users.useLink': 'visitor',
  'users.list': 'users.read',
  'users.byId': 'users.read',
  'users.invite': 'users.manage',
  'users.update': 'users.manage',
  'users.deactivate': 'users.manage',
  'users.activate': 'users.manage',
  'users.unlock': 'users.manage',
  'users.signOutEverywhere': 'users.manage',
  'users.renewLink': 'users.manage',
  'users.delete': 'users.manage',
};

/** In the order of `EVERYBODY`. */
function whoMay(asked: Permission | keyof typeof IS): Who[] {
  const may: Who[] = asked in IS ? IS[asked as keyof typeof IS] : [...HAS[asked as Permission], `key for ${asked as Permission}`];
  return EVERYBODY.filter((who) => may.includes(who));
}

type Callers = Record<Who, ReturnType<typeof callerFor>>;

async function everybody(): Promise<Callers> {
  const services = await testServices();
  const agent = { hostId: '01890000-0000-7000-8000-000000000001', serial: '1' } as AgentIdentity;
  const [viewer, operator, administrator] = await Promise.all(ROLES.map((role) => personOf(services, role)));
  const withKey = (permissions: ReadonlySet<Permission>) =>
    callerFor(services, { listener: 'api', session: { ...sessionOf(), via: 'key', keyName: 'nightly', permissions } });
  return {
    viewer: viewer!,
    operator: operator!,
    administrator: administrator!,
    nobody: callerFor(services),
    stranger: strangerOf(services),
    'person on the API listener': await personOf(services, 'administrator', 'scripts@example.com', { listener: 'api' }),
    'API key': withKey(permissionsOf('administrator')),
    ...(Object.fromEntries(PERMISSIONS.map((permission) => [`key for ${permission}`, withKey(new Set([permission]))])) as Record<(typeof KEYS)[number], Callers[Who]>),
    host: callerFor(services, { listener: 'api', agent }),
    'connected host': callerFor(services, { listener: 'channel', agent }),
  };
}

/** Whether the guard lets them through. The input is one that no schema takes: what has one is not run behind its guard. */
async function isLetThrough(caller: Callers[Who], path: string): Promise<boolean> {
  const procedure = path.split('.').reduce<unknown>((tree, name) => (tree as Record<string, unknown>)[name], caller) as (input: unknown) => Promise<unknown>;
  try {
    const answer = await procedure(0);
    // A subscription that was opened; it has not begun to run.
    if (typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer) await (answer as AsyncGenerator)[Symbol.asyncIterator]().return(undefined);
    return true;
  } catch (error) {
    const code = (error as { appCode?: string }).appCode;
    return code !== 'auth.forbidden' && code !== 'auth.required';
  }
}

test('every procedure lets in exactly whom the table names', async () => {
  const callers = await everybody();
  const found: Record<string, Who[]> = {};
  for (const path of Object.keys(appRouter._def.procedures)) {
    const letIn = await Promise.all(EVERYBODY.map((who) => isLetThrough(callers[who], path)));
    found[path] = EVERYBODY.filter((_, i) => letIn[i]);
  }
  expect(found).toEqual(Object.fromEntries(Object.entries(MAY).map(([path, asked]) => [path, whoMay(asked)])));
  // A thousand calls, and most refusals are written down.
}, 60_000);
