import { verify, X509Certificate } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { initTRPC, TRPCError } from '@trpc/server';
import { expect, it } from 'vitest';
import { enroll } from './enroll';
import { fingerprintWords } from './fingerprint';
import { openIdentity } from './identity';
import { checkCertificate } from './certificate';
import {
  approval,
  enrolmentProof,
  enrolmentProofText,
  registration,
  type Approval,
  type EnrolmentProof,
  type Registration,
} from './protocol';
import { Servers } from './servers';
import { openStateFolder } from './state/open-folder';
import { readSettings } from './state/settings';
import {
  issueFor,
  keepingIn,
  makeAuthority,
  makeServerIdentity,
  makeStateFolder,
  recordLog,
  signalOfTest,
  startTestServer,
} from './testing';
import { pinOf, publicKeyOf } from './trust/anchors';
import { AGENT_VERSION } from './process/version';

const ENROLMENT_ID = '0190a1b2-0000-7000-8000-00000000000a';

const facts = {
  agentVersion: AGENT_VERSION,
  fqdn: 'web-01.example.org',
  platform: 'linux' as const,
  osName: 'Debian GNU/Linux',
  osVersion: '12',
  kernel: '6.1',
  architecture: 'x86_64',
  addresses: ['192.0.2.7'],
  hardware: { manufacturer: '', model: '', virtualisation: 'none', cpuModel: '', cpuCores: 1, memoryBytes: 1 },
  bootedAt: '2026-01-01T00:00:00.000Z',
};

/** The server's side of an enrolment, with its procedures and errors; the test decides in its place. */
async function setUp(initial: Approval = 'pending') {
  const authority = await makeAuthority();
  const decided = new EventEmitter();
  const desk = {
    status: initial,
    registrations: [] as Registration[],
    polls: 0,
    /** What the next proofs are refused with. */
    refusals: [] as string[],
    certificateFor: (csr: string) => issueFor(authority, csr, ENROLMENT_ID),
    decide(status: Approval) {
      desk.status = status;
      decided.emit('decision');
    },
    /** Resolves when the agent asks for a decision for the nth time. */
    async asked(times: number) {
      while (desk.polls < times) await once(decided, 'asked');
    },
  };
  const check = async ({ enrolmentId, challenge, signature }: EnrolmentProof) => {
    const refusal = desk.refusals.shift();
    if (refusal) throw new TRPCError({ code: 'UNAUTHORIZED', message: refusal });
    const { publicKey } = new X509Certificate(await issueFor(authority, desk.registrations[0]!.csr, 'any'));
    const text = Buffer.from(enrolmentProofText(enrolmentId, challenge));
    const isProven =
      enrolmentId === ENROLMENT_ID && verify('sha256', text, publicKey, Buffer.from(signature, 'base64'));
    if (!isProven) throw new TRPCError({ code: 'UNAUTHORIZED', message: 'agent.proof_invalid' });
  };
  const t = initTRPC.create({
    errorFormatter: ({ shape, error }) => ({ ...shape, data: { ...shape.data, appCode: error.message } }),
  });
  const router = t.router({
    agents: t.router({
      register: t.procedure.input(registration).mutation(({ input }) => {
        desk.registrations.push(input);
        return { enrolmentId: ENROLMENT_ID, challenge: `challenge ${desk.registrations.length}`, status: desk.status };
      }),
      enrolment: t.procedure.input(enrolmentProof.extend({ known: approval })).mutation(async ({ input, signal }) => {
        const refused = await check(input).then(
          () => null,
          (error: Error) => error,
        );
        // Listening before the test hears of the question: its decision may follow at once.
        const decision = !refused && desk.status === input.known ? once(decided, 'decision', { signal }) : null;
        desk.polls++;
        decided.emit('asked');
        if (refused) throw refused;
        await decision;
        return { status: desk.status };
      }),
      certificate: t.procedure.input(enrolmentProof).mutation(async ({ input }) => {
        await check(input);
        return { certificate: await desk.certificateFor(desk.registrations[0]!.csr) };
      }),
    }),
  });
  const tls = await makeServerIdentity(authority);
  const server = await startTestServer({ tls, router });
  const folder = makeStateFolder();
  openStateFolder(folder);
  const identity = openIdentity(folder);
  const ca = new X509Certificate(authority.pem);
  const trust = { authorities: [authority.pem], pins: [pinOf(ca)], signingKeyDer: publicKeyOf(ca) };
  const record = recordLog();
  const start = () =>
    enroll({
      folder,
      servers: new Servers([server.url]),
      ...keepingIn(folder, record.log),
      identity,
      trust,
      token: null,
      facts,
      log: record.log,
      signal: signalOfTest(),
      random: () => 0,
    });
  const restart = () => startTestServer({ tls, router, port: server.port });
  return { desk, folder, identity, trust, server, start, restart, ...record };
}

it('registers, prints the words and the pin, waits, and has its certificate within a second of approval', async () => {
  const { desk, folder, identity, trust, start, lines, until } = await setUp();
  const enrolled = start();
  await until('waiting for an administrator');
  expect(lines[0]).toBe(`info  fingerprint words: ${fingerprintWords(identity.publicKeyDer, trust.signingKeyDer)}`);
  expect(lines[1]).toContain(trust.pins[0]);
  await desk.asked(1);
  const approvedAt = performance.now();
  desk.decide('approved');
  const certificate = await enrolled;
  expect(performance.now() - approvedAt).toBeLessThan(1000);
  expect(checkCertificate(certificate, identity, trust.authorities)).toBe(certificate);
  expect(readSettings(folder)).toEqual({ host_id: ENROLMENT_ID });
  expect(desk.registrations).toHaveLength(1);
  expect(desk.registrations[0]).toMatchObject({ fqdn: facts.fqdn, addresses: facts.addresses });
});

it('collects at once when it is approved already', async () => {
  const { start } = await setUp('approved');
  await expect(start()).resolves.toContain('BEGIN CERTIFICATE');
});

it.each([
  ['conflict', 'warn  another machine is registered as web-01.example.org'],
  ['rejected', 'warn  an administrator rejected this machine'],
  ['revoked', "warn  an administrator revoked this machine's certificate"],
] as const)('says that it is %s once, and goes on waiting', async (status, message) => {
  const { desk, start, until, lines } = await setUp();
  const enrolled = start();
  await desk.asked(1);
  desk.decide(status);
  await until(message);
  await desk.asked(2);
  desk.decide(status); // an answer without news, as after 25 s
  await desk.asked(3);
  desk.decide('approved');
  await enrolled;
  expect(lines.filter((line) => line.includes(message))).toHaveLength(1);
});

it.each(['agent.challenge_expired', 'agent.unknown', 'agent.proof_invalid'])(
  'registers again after %s',
  async (refusal) => {
    const { desk, start } = await setUp();
    desk.refusals.push(refusal);
    const enrolled = start();
    await desk.asked(2);
    desk.decide('approved');
    await enrolled;
    expect(desk.registrations).toHaveLength(2);
  },
);

it('survives a server that stops and starts again', async () => {
  const { desk, server, start, restart, until } = await setUp();
  const enrolled = start();
  await desk.asked(1);
  await server.stop();
  await until('next try');
  await restart();
  await desk.asked(2);
  desk.decide('approved');
  await expect(enrolled).resolves.toContain('BEGIN CERTIFICATE');
});

it('does not take a certificate of another CA, and asks again', async () => {
  const { desk, identity, trust, start, until } = await setUp('approved');
  const right = desk.certificateFor;
  const stranger = await makeAuthority();
  desk.certificateFor = (csr) => issueFor(stranger, csr, ENROLMENT_ID);
  const enrolled = start();
  await until('was not signed by the pinned CA');
  desk.certificateFor = right;
  const certificate = await enrolled;
  expect(checkCertificate(certificate, identity, trust.authorities)).toBe(certificate);
});

it('never logs a proof, a challenge or a key', async () => {
  const { desk, identity, start, lines } = await setUp();
  desk.refusals.push('agent.challenge_expired');
  const enrolled = start();
  await desk.asked(2);
  desk.decide('approved');
  await enrolled;
  const log = lines.join('\n');
  expect(log).not.toContain('challenge 1');
  expect(log).not.toContain(identity.privateKeyPem.split('\n')[1]);
  expect(log).not.toContain('BEGIN');
});
