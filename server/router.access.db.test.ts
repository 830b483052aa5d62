import { expect, test } from 'vitest';
import type { AgentIdentity } from './agents/authenticate';
import { ROLES } from './auth/permissions';
import { appRouter } from './router';
import { callerFor, personOf, sessionOf, strangerOf, testServices } from './testing';

/** Everybody there is to the server. */
const EVERYBODY = ['viewer', 'operator', 'administrator', 'nobody', 'stranger', 'person on the API listener', 'API key', 'host', 'connected host'] as const;
type Who = (typeof EVERYBODY)[number];

// A person's session counts where cookies are read, which is the web listener; a guard by permission asks for no listener.
const administrators: Who[] = ['administrator', 'person on the API listener', 'API key'];
const operators: Who[] = ['operator', ...administrators];
const readers: Who[] = ['viewer', ...operators];
/** For what is one's own: a key names every permission here, and yet may do none of it. */
const signedIn: Who[] = ['viewer', 'operator', 'administrator', 'person on the API listener'];
const anyPage: Who[] = ['viewer', 'operator', 'administrator', 'nobody'];
const anyMachine: Who[] = ['stranger', 'person on the API listener', 'API key', 'host'];

/** Who may call what. A procedure that is not here fails the test: whoever adds one says whom it is for. */
const MAY: Record<string, Who[]> = {
  'agents.register': anyMachine,
  'agents.enrolment': anyMachine,
  'agents.certificate': anyMachine,
  'agents.connectionToken': ['host'],
  'agents.hello': ['connected host'],
  'agents.heartbeat': ['connected host'],
  'agents.renewCertificate': ['connected host'],
  'agents.reportError': ['connected host'],
  'agents.inbox': ['connected host'],
  'apiKeys.list': signedIn,
  'apiKeys.create': signedIn,
  'apiKeys.revoke': signedIn,
  'audit.list': administrators,
  'audit.export': administrators,
  'certificates.served': readers,
  'certificates.held': readers,
  'certificates.warnings': readers,
  'enrolmentTokens.list': operators,
  'enrolmentTokens.create': operators,
  'enrolmentTokens.revoke': operators,
  'hosts.list': readers,
  'hosts.waiting': readers,
  'hosts.counts': readers,
  'hosts.byId': readers,
  'hosts.byFqdn': readers,
  'hosts.cloned': readers,
  'hosts.namesakes': readers,
  'hosts.live': readers,
  'hosts.update': operators,
  'hosts.approve': operators,
  'hosts.reject': operators,
  'hosts.keep': operators,
  'hosts.replace': operators,
  'hosts.split': operators,
  'hosts.dismissClone': operators,
  'hosts.rotateCertificate': operators,
  'hosts.revoke': operators,
  'hosts.delete': operators,
  'profile.get': signedIn,
  'profile.update': signedIn,
  'profile.changePassword': signedIn,
  'profile.signOutElsewhere': signedIn,
  'tokens.login': anyMachine,
  'tokens.logout': signedIn,
  'users.setupOpen': anyPage,
  'users.setup': anyPage,
  'users.signIn': anyPage,
  'users.signOut': anyPage,
  'users.me': anyPage,
  'users.link': anyPage,
  'users.useLink': anyPage,
  'users.list': administrators,
  'users.byId': administrators,
  'users.invite': administrators,
  'users.update': administrators,
  'users.deactivate': administrators,
  'users.activate': administrators,
  'users.unlock': administrators,
  'users.signOutEverywhere': administrators,
  'users.renewLink': administrators,
  'users.delete': administrators,
};

type Callers = Record<Who, ReturnType<typeof callerFor>>;

async function everybody(): Promise<Callers> {
  const services = await testServices();
  const agent = { hostId: '01890000-0000-7000-8000-000000000001', serial: '1' } as AgentIdentity;
  const [viewer, operator, administrator] = await Promise.all(ROLES.map((role) => personOf(services, role)));
  return {
    viewer: viewer!,
    operator: operator!,
    administrator: administrator!,
    nobody: callerFor(services),
    stranger: strangerOf(services),
    'person on the API listener': callerFor(services, { listener: 'api', session: sessionOf() }),
    'API key': callerFor(services, { listener: 'api', session: { ...sessionOf(), via: 'key', keyName: 'nightly' } }),
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
  const found: typeof MAY = {};
  for (const path of Object.keys(appRouter._def.procedures)) {
    found[path] = [];
    for (const who of EVERYBODY) if (await isLetThrough(callers[who], path)) found[path].push(who);
  }
  const inOrder = Object.entries(MAY).map(([path, may]) => [path, EVERYBODY.filter((who) => may.includes(who))]);
  expect(found).toEqual(Object.fromEntries(inOrder));
});
