import { beforeEach, describe, expect, test } from 'vitest';
import { administratorOf, testServices } from '../testing';
import { describeApi } from './describe-api';
import { addPerson, type Answer, type Ask, logIn, nextTokenOf, serveRestApi } from './testing';

const NOBODY = 'f0000000-0000-4000-8000-000000000000';

const USERS = ['GET /users', 'POST /users', 'GET /users/{userId}', 'PATCH /users/{userId}', 'DELETE /users/{userId}', 'POST /users/{userId}/unlock'];
const CHANGES_OF_USERS = ['user.invite', 'user.update', 'user.delete', 'user.unlock'];

/** What each role may not do, and what the audit log says of it. Reads other than of the audit log are not written down. */
const REFUSED = {
  viewer: {
    operations: [...USERS, 'GET /audit', 'PATCH /hosts/{hostId}', 'DELETE /hosts/{hostId}', 'PUT /host/{hostId}/approve', 'PUT /host/{hostId}/reject', 'PUT /host/{hostId}/revoke'],
    recorded: [...CHANGES_OF_USERS, 'audit.list', 'host.update', 'host.delete', 'host.approve', 'host.reject', 'host.revoke'],
  },
  operator: { operations: [...USERS, 'GET /audit'], recorded: [...CHANGES_OF_USERS, 'audit.list'] },
  administrator: { operations: [], recorded: [] },
};

const paths = describeApi().paths as Record<string, Record<string, { operationId: string; responses: Record<string, { description: string }>; security?: unknown[] }>>;
// Not the log-out, which ends what the walk goes on with.
const guarded = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods)
    .filter(([, { security, operationId }]) => security && operationId !== 'tokens-logout')
    .map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, method: method.toUpperCase(), path, operation })),
);

let services: Awaited<ReturnType<typeof testServices>>;
let ask: Ask;

beforeEach(async () => {
  services = await testServices();
  ({ ask } = await serveRestApi(services));
});

describe.each(['viewer', 'operator', 'administrator'] as const)('%s', (role) => {
  test('is refused over REST exactly what the role has not: 403, the documented body, and a record', async () => {
    const userId = await addPerson(services, role);
    let token = await logIn(ask, `${role}@example.com`);
    const refused: [string, Answer][] = [];
    for (const { name, method, path, operation } of guarded) {
      const body = ['POST', 'PATCH', 'PUT'].includes(method) ? {} : undefined;
      const answer = await ask(method, path.replace(/\{\w+Id\}/, NOBODY).replace('{fqdn}', 'x.example.com'), { bearer: token, body });
      token = nextTokenOf(answer) ?? token;
      if (answer.status !== 403) continue;
      refused.push([name, answer]);
      expect(operation.responses['403']?.description, name).toContain('`auth.forbidden`');
    }
    expect(refused.map(([name]) => name).sort()).toEqual([...REFUSED[role].operations].sort());
    for (const [name, { body, headers }] of refused) {
      expect(body, name).toEqual({ code: 'auth.forbidden', message: expect.any(String), requestId: expect.any(String), issues: [] });
      expect(headers, name).not.toHaveProperty('x_reauthorization');
    }
    const { records } = await (await administratorOf(services)).audit.list({ outcome: 'refused' });
    expect(records.map(({ action }) => action).sort()).toEqual([...REFUSED[role].recorded].sort());
    const requestIds = refused.map(([, { body }]) => (body as { requestId: string }).requestId);
    for (const record of records) {
      expect(record).toMatchObject({ actorKind: 'person', actorId: userId, actorLabel: `${role}@example.com`, code: 'auth.forbidden', address: '127.0.0.1' });
      expect(requestIds).toContain(record.requestId);
    }
  });
});
