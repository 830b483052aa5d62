import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { json } from 'node:stream/consumers';
import { connect } from 'node:tls';
import { expect, test } from 'vitest';
import type { Registration } from '../../../agent/protocol';
import { hosts } from '../../../db/schema';
import { newTokenOf } from '../../enrolment-tokens/testing';
import { administratorOf, callerFor, registrationOf, testServices } from '../../testing';
import { serveApi } from '../testing';

type Services = Awaited<ReturnType<typeof testServices>>;

interface Answer {
  result?: { data: { status: string } };
  error?: { data: { appCode: string; retryAfterSeconds: number | null } };
}

/** Registers as a machine does: over a TLS connection of its own. */
async function register(services: Services, port: number, registration: Registration) {
  const call = request({
    port,
    host: '127.0.0.1',
    path: '/trpc/agents.register',
    method: 'POST',
    agent: false,
    ca: services.authority.signing.pem,
    headers: { 'content-type': 'application/json' },
  });
  call.end(JSON.stringify(registration));
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  return {
    status: response.statusCode,
    retryAfter: response.headers['retry-after'],
    body: (await json(response)) as Answer,
  };
}

const unknownToken = Buffer.alloc(32).toString('base64url');

test('who is limited hears 429 and in how many whole seconds to come back', async () => {
  const services = await testServices({ SYSMANAGE_ENROLMENT_REGISTRATIONS_PER_ADDRESS: '1' });
  const port = await serveApi(services);
  const known = await registrationOf('a.example.com');
  expect(await register(services, port, known)).toMatchObject({ status: 200, retryAfter: undefined });

  const { status, retryAfter, body } = await register(services, port, await registrationOf('b.example.com'));

  expect(status).toBe(429);
  expect(retryAfter).toMatch(/^([1-9]|[1-5]\d|60)$/);
  expect(body.error?.data).toMatchObject({
    appCode: 'agent.too_many_registrations',
    retryAfterSeconds: Number(retryAfter),
  });
  expect((await register(services, port, known)).status).toBe(200);
});

test('a refusal that waiting does not mend names no time', async () => {
  const services = await testServices();
  const answer = await register(services, await serveApi(services), {
    ...(await registrationOf('a.example.com')),
    token: unknownToken,
  });
  expect(answer).toMatchObject({
    status: 403,
    retryAfter: undefined,
    body: { error: { data: { appCode: 'enrolment.token_unknown', retryAfterSeconds: null } } },
  });
});

test('no place left is 429 as well', async () => {
  const services = await testServices({ SYSMANAGE_ENROLMENT_MAX_PENDING: '1' });
  const port = await serveApi(services);
  await register(services, port, await registrationOf('a.example.com'));
  expect(await register(services, port, await registrationOf('b.example.com'))).toMatchObject({
    status: 429,
    retryAfter: '60',
  });
});

test('strangers from many addresses share one limit', async () => {
  const services = await testServices({ SYSMANAGE_ENROLMENT_REGISTRATIONS: '3' });
  const from = async (address: string) =>
    callerFor(services, { listener: 'api', address }).agents.register(
      await registrationOf(`at-${address}.example.com`),
    );
  for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.3']) await from(address);
  await expect(from('192.0.2.4')).rejects.toMatchObject({ appCode: 'agent.too_many_registrations' });
});

test('the addresses of one IPv6 network are one', async () => {
  const services = await testServices({ SYSMANAGE_ENROLMENT_REGISTRATIONS_PER_ADDRESS: '1' });
  const from = async (address: string, fqdn: string) =>
    callerFor(services, { listener: 'api', address }).agents.register(await registrationOf(fqdn));
  await from('2001:db8::1', 'a.example.com');
  await expect(from('2001:db8::2', 'b.example.com')).rejects.toMatchObject({ appCode: 'agent.too_many_registrations' });
  expect((await from('2001:db8:0:1::1', 'c.example.com')).status).toBe('pending');
});

test(
  'two hundred machines behind one address join with one token, while strangers there have used up every limit on registration',
  { timeout: 120_000 },
  async () => {
    const services = await testServices({
      SYSMANAGE_ENROLMENT_REGISTRATIONS_PER_ADDRESS: '2',
      SYSMANAGE_ENROLMENT_REGISTRATIONS: '2',
      SYSMANAGE_ENROLMENT_WRONG_TOKENS_PER_ADDRESS: '2',
      SYSMANAGE_ENROLMENT_MAX_PENDING: '2',
    });
    const { credential } = await newTokenOf(await administratorOf(services), { maxUses: 200 });
    const port = await serveApi(services);
    for (let i = 0; i < 30; i++) {
      const stranger = await registrationOf(`stranger-${i}.example.com`);
      await register(services, port, i % 2 ? stranger : { ...stranger, token: unknownToken });
    }
    const machines = await Promise.all(
      Array.from({ length: 200 }, (_, i) => registrationOf(`machine-${i}.example.com`)),
    );

    const answers = await Promise.all(
      machines.map((machine) => register(services, port, { ...machine, token: credential })),
    );

    expect(answers.map(({ body }) => body.result?.data.status)).toEqual(Array(200).fill('pending'));
    expect(await services.db.select().from(hosts)).toHaveLength(202);
  },
);

test('machines that join with a token use up no handshakes of their address', async () => {
  const services = await testServices({ SYSMANAGE_ENROLMENT_HANDSHAKES_PER_ADDRESS: '5' });
  const { credential } = await newTokenOf(await administratorOf(services), { maxUses: 20 });
  const port = await serveApi(services);
  const look = async () => {
    const socket = connect({ port, host: '127.0.0.1', ca: services.authority.signing.pem });
    await once(socket, 'secureConnect');
    socket.destroy();
  };
  // As the agent does: one connection to see the CA, one to register on.
  for (let i = 0; i < 20; i++) {
    await look();
    const { body } = await register(services, port, {
      ...(await registrationOf(`machine-${i}.example.com`)),
      token: credential,
    });
    expect(body.result?.data.status).toBe('pending');
  }
  // And no more is given back than was taken: strangers still have five.
  for (let i = 0; i < 5; i++) await look();
  await expect(look()).rejects.toMatchObject({ code: 'ECONNRESET' });
});

test('one token in the wrong hands asks only so often, from however many addresses; another goes on', async () => {
  const services = await testServices({ SYSMANAGE_ENROLMENT_REGISTRATIONS_PER_TOKEN: '2' });
  const admin = await administratorOf(services);
  const [leaked, other] = [await newTokenOf(admin, { autoApprove: true }), await newTokenOf(admin)];
  const port = await serveApi(services);
  const join = async (fqdn: string, token: string) =>
    register(services, port, { ...(await registrationOf(fqdn)), token });
  for (const fqdn of ['a.example.com', 'b.example.com']) expect((await join(fqdn, leaked.credential)).status).toBe(200);

  const { status, retryAfter, body } = await join('c.example.com', leaked.credential);

  expect(status).toBe(429);
  expect(retryAfter).toMatch(/^([1-9]|[1-5]\d|60)$/);
  expect(body.error?.data.appCode).toBe('agent.too_many_registrations');
  expect((await join('d.example.com', other.credential)).status).toBe(200);
});

test('machines with tokens have so many places to wait in; one that is let in at once needs none, and one that is refused spends nothing', async () => {
  const services = await testServices({ SYSMANAGE_ENROLMENT_MAX_PENDING_WITH_TOKEN: '1' });
  const admin = await administratorOf(services);
  const [careful, approving] = [await newTokenOf(admin), await newTokenOf(admin, { autoApprove: true })];
  const port = await serveApi(services);
  const join = async (fqdn: string, token?: string) =>
    register(services, port, { ...(await registrationOf(fqdn)), token });
  await join('a.example.com', careful.credential);

  expect(await join('b.example.com', careful.credential)).toMatchObject({
    status: 429,
    retryAfter: '60',
    body: { error: { data: { appCode: 'agent.too_many_pending' } } },
  });
  expect((await join('c.example.com', approving.credential)).body.result?.data.status).toBe('approved');
  expect((await join('d.example.com')).body.result?.data.status).toBe('pending');
  expect((await admin.enrolmentTokens.list({})).tokens.map(({ used }) => used)).toEqual([1, 1]);
});

test('guessing tokens ends soon, for whoever guesses and nobody else', async () => {
  const services = await testServices({ SYSMANAGE_ENROLMENT_WRONG_TOKENS_PER_ADDRESS: '3' });
  const { credential } = await newTokenOf(await administratorOf(services));
  const from = async (address: string, token: string) =>
    callerFor(services, { listener: 'api', address }).agents.register({
      ...(await registrationOf('a.example.com')),
      token,
    });
  for (let i = 0; i < 3; i++)
    await expect(from('192.0.2.1', unknownToken)).rejects.toMatchObject({ appCode: 'enrolment.token_unknown' });
  await expect(from('192.0.2.1', unknownToken)).rejects.toMatchObject({ appCode: 'enrolment.too_many_wrong_tokens' });
  await expect(from('192.0.2.2', unknownToken)).rejects.toMatchObject({ appCode: 'enrolment.token_unknown' });
  expect((await from('192.0.2.1', credential)).status).toBe('pending');
});

test('asking again and again with one request ends as well', async () => {
  const services = await testServices({ SYSMANAGE_ENROLMENT_REGISTRATIONS_PER_ADDRESS: '1' });
  const registration = await registrationOf('a.example.com');
  const ask = () => callerFor(services, { listener: 'api', address: '192.0.2.1' }).agents.register(registration);
  for (let i = 0; i < 10; i++) await ask();
  await expect(ask()).rejects.toMatchObject({ appCode: 'agent.too_many_registrations' });
});
