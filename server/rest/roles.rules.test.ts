import { beforeEach, describe, expect, test } from 'vitest';
import { type Role, ROLES } from '../auth/permissions';
import { administratorOf, testServices } from '../testing';
import { describeApi } from './describe-api';
import { addPerson, type Answer, type Ask, logIn, nextTokenOf, serveRestApi } from './testing';

const NOBODY = 'f0000000-0000-4000-8000-000000000000';

/** Each with the action that the audit log calls it by. */
const USERS = {
  'GET /users': 'user.list',
  'GET /users/export': 'user.export',
  'POST /users': 'user.invite',
  'GET /users/{userId}': 'user.byId',
  'PATCH /users/{userId}': 'user.update',
  'DELETE /users/{userId}': 'user.delete',
  'POST /users/{userId}/unlock': 'user.unlock',
  'POST /users/{userId}/deactivate': 'user.deactivate',
  'POST /users/{userId}/activate': 'user.activate',
  'POST /users/{userId}/sign_out': 'user.signOutEverywhere',
  'POST /users/{userId}/link': 'user.renewLink',
  'PUT /users/{userId}/fleets/{fleetId}': 'user.giveFleetRole',
  'DELETE /users/{userId}/fleets/{fleetId}': 'user.takeFleetRole',
};
const DISCOVERY = { 'PUT /discovery': 'discovery.switch' };
const HEALTH = { 'PUT /health/rules': 'health.saveRules' };
const CONFIGURE = {
  'PUT /configuration/global': 'configuration.saveGlobal',
  'PUT /configuration/order': 'configuration.saveOrder',
  'PUT /configuration/fleet/{fleetId}': 'configuration.saveFleet',
  'PUT /configuration/host/{hostId}': 'configuration.saveHost',
  'POST /hosts/{hostId}/configuration/adopt': 'configuration.adopt',
  'POST /hosts/{hostId}/configuration/put_back': 'configuration.putBack',
  'POST /api/config/push': 'configuration.push',
};
const RUNNERS = {
  'GET /saved-commands/{savedCommandId}/runners': 'savedCommand.runners',
  'POST /saved-commands/{savedCommandId}/runners': 'savedCommand.addRunner',
  'DELETE /saved-commands/{savedCommandId}/runners/{runnerId}': 'savedCommand.removeRunner',
};
const AUDIT = { 'GET /audit': 'audit.list', 'GET /audit/export': 'audit.export' };
const HOSTS = {
  'PATCH /hosts/{hostId}': 'host.update',
  'DELETE /hosts/{hostId}': 'host.delete',
  'PUT /host/{hostId}/approve': 'host.approve',
  'PUT /host/{hostId}/name': 'host.adoptName',
  'PUT /host/{hostId}/reject': 'host.reject',
  'PUT /host/{hostId}/revoke': 'host.revoke',
  'PUT /host/{hostId}/keep': 'host.keep',
  'PUT /host/{hostId}/replace': 'host.replace',
  'POST /hosts/rotate': 'host.rotateCertificate',
  'POST /fleet': 'fleet.create',
  'PATCH /fleet/{fleetId}': 'fleet.update',
  'DELETE /fleet/{fleetId}': 'fleet.delete',
  'PUT /fleet/{fleetId}/hosts/{hostId}': 'fleet.putHost',
  'DELETE /fleet/{fleetId}/hosts/{hostId}': 'fleet.removeHost',
  'POST /enrolment_tokens': 'enrolmentToken.create',
  'PUT /enrolment_tokens/{tokenId}/revoke': 'enrolmentToken.revoke',
};

const COMMANDS = {
  'POST /commands': 'command.send',
  'POST /commands/{commandId}/cancel': 'command.cancel',
  'POST /commands/preview': null,
  'GET /commands': null,
  'GET /commands/kinds': null,
  'GET /commands/{commandId}': null,
  'GET /commands/{commandId}/runs': null,
  'GET /commands/{commandId}/differences': null,
  'GET /hosts/{hostId}/abilities': null,
  'GET /commands/{commandId}/runs/{hostId}/output': null,
  'GET /saved-commands': null,
  'POST /saved-commands': 'savedCommand.create',
  'GET /saved-commands/{savedCommandId}': null,
  'PATCH /saved-commands/{savedCommandId}': 'savedCommand.update',
  'DELETE /saved-commands/{savedCommandId}': 'savedCommand.delete',
};

/** What runs what names them, and shows what became of it. */
const RUNNER_MAY = [
  'POST /commands',
  'POST /commands/preview',
  'GET /commands',
  'GET /commands/kinds',
  'GET /commands/{commandId}',
  'GET /commands/{commandId}/runs',
  'GET /commands/{commandId}/differences',
  'GET /hosts/{hostId}/abilities',
  'GET /commands/{commandId}/runs/{hostId}/output',
  'GET /saved-commands',
  'GET /saved-commands/{savedCommandId}',
];

/** What each role may not do, and what the audit log says of it: null where a refused look is not written down. */
const WRITES = {
  ...USERS,
  ...AUDIT,
  ...CONFIGURE,
  ...DISCOVERY,
  ...HEALTH,
  ...HOSTS,
  ...COMMANDS,
  ...RUNNERS,
  'GET /enrolment_tokens': null,
  'GET /discovery': null,
  'POST /fleet/preview': null,
};
const REFUSED: Record<Role, Record<string, string | null>> = {
  none: {
    ...WRITES,
    ...{ 'GET /hosts': null, 'GET /hosts/export': null, 'GET /hosts/{hostId}': null, 'GET /host/by_fqdn/{fqdn}': null },
    ...{ 'GET /tags': null },
    ...{ 'GET /fleet': null, 'GET /fleet/{fleetId}': null, 'GET /fleet/{fleetId}/hosts': null },
    ...{ 'GET /fleet/{fleetId}/hosts/{hostId}': null, 'GET /fleet/{fleetId}/events': null },
    ...{ 'GET /hosts/{hostId}/metrics': null, 'GET /metrics/query': null },
    ...{ 'GET /hosts/{hostId}/facts': null, 'GET /hosts/{hostId}/facts/history': null, 'GET /software': null },
    ...{ 'GET /jobs': null, 'GET /jobs/{jobId}': null, 'GET /jobs/{jobId}/hosts': null, 'POST /jobs': 'job.propose' },
    ...{ 'POST /jobs/{jobId}/start': 'job.start', 'POST /jobs/{jobId}/cancel': 'job.cancel' },
    ...{ 'GET /inventory/ansible': null, 'GET /prometheus/targets': null, 'GET /prometheus/hosts': null },
    ...{ 'GET /health/rules': null },
    ...{ 'GET /configuration/global': null, 'GET /configuration/global/versions': null },
    ...{ 'GET /configuration/fleet/{fleetId}': null, 'GET /configuration/fleet/{fleetId}/versions': null },
    ...{ 'GET /configuration/order': null },
    ...{ 'GET /configuration/host/{hostId}': null, 'GET /configuration/host/{hostId}/versions': null },
    ...{ 'GET /configuration/schema': null, 'GET /hosts/{hostId}/configuration': null },
    ...{ 'GET /certificates': null, 'GET /certificates/export': null },
  },
  viewer: WRITES,
  runner: Object.fromEntries(Object.entries(WRITES).filter(([name]) => !RUNNER_MAY.includes(name))),
  operator: { ...USERS, ...AUDIT, ...DISCOVERY, ...RUNNERS },
  administrator: {},
};

const paths = describeApi().paths as Record<
  string,
  Record<string, { operationId: string; responses: Record<string, { description: string }>; security?: unknown[] }>
>;
// Not the log-out, which ends what the walk goes on with.
const guarded = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods)
    .filter(([, { security, operationId }]) => security && operationId !== 'tokens-logout')
    .map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path,
      operation,
    })),
);

let services: Awaited<ReturnType<typeof testServices>>;
let ask: Ask;

beforeEach(async () => {
  services = await testServices();
  ({ ask } = await serveRestApi(services));
});

describe.each(ROLES)('%s', (role) => {
  test('is refused over REST exactly what the role has not: 403, the documented body, and a record', async () => {
    const userId = await addPerson(services, role);
    let token = await logIn(ask, `${role}@example.com`);
    const refused: [string, Answer][] = [];
    for (const { name, method, path, operation } of guarded) {
      const body = ['POST', 'PATCH', 'PUT'].includes(method) ? {} : undefined;
      const answer = await ask(method, path.replace(/\{\w+Id\}/g, NOBODY).replace('{fqdn}', 'x.example.com'), {
        bearer: token,
        body,
      });
      token = nextTokenOf(answer) ?? token;
      if (answer.status !== 403) continue;
      refused.push([name, answer]);
      expect(operation.responses['403']?.description, name).toContain('`auth.forbidden`');
    }
    expect(refused.map(([name]) => name).sort()).toEqual(Object.keys(REFUSED[role]).sort());
    for (const [name, { body, headers }] of refused) {
      expect(body, name).toEqual({
        code: 'auth.forbidden',
        message: expect.any(String),
        requestId: expect.any(String),
        issues: [],
      });
      expect(headers, name).not.toHaveProperty('x_reauthorization');
    }
    const { records } = await (await administratorOf(services)).audit.list({ outcome: 'refused', limit: 100 });
    expect(records.map(({ action }) => action).sort()).toEqual(Object.values(REFUSED[role]).filter(Boolean).sort());
    const requestIds = refused.map(([, { body }]) => (body as { requestId: string }).requestId);
    for (const record of records) {
      expect(record).toMatchObject({
        actorKind: 'person',
        actorId: userId,
        actorLabel: `${role}@example.com`,
        code: 'auth.forbidden',
        address: '127.0.0.1',
      });
      expect(requestIds).toContain(record.requestId);
    }
  });
});
