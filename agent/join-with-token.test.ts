import { X509Certificate } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { initTRPC, TRPCError } from '@trpc/server';
import { describe, expect, it } from 'vitest';
import { writeEnrolmentToken } from './enrolment-token';
import { approval, enrolmentProof, registration, type Approval, type Registration } from './protocol';
import { issueFor, listen, makeAuthority, makeServerIdentity, makeStateFolder, startTestServer } from './testing';
import { startAgentProcess } from './process/testing-process';
import { pinOf } from './trust/anchors';

const HOST_ID = '0190a1b2-0000-7000-8000-00000000000a';
const credential = Buffer.alloc(32, 7).toString('base64url');
const onWindows = process.platform === 'win32';

/** The server's side of an enrolment, which refuses with what it is told to. */
async function setUp(refusal?: { appCode: string; retryAfterSeconds?: number }) {
  const authority = await makeAuthority();
  const pin = pinOf(new X509Certificate(authority.pem));
  const events = new EventEmitter();
  const desk = { refusal, status: 'approved' as Approval, registrations: [] as { at: number; said: Registration }[] };
  const t = initTRPC.create({
    errorFormatter: ({ shape }) => ({ ...shape, data: { ...shape.data, retryAfterSeconds: null, ...desk.refusal } }),
  });
  const router = t.router({
    agents: t.router({
      register: t.procedure.input(registration).mutation(({ input }) => {
        desk.registrations.push({ at: performance.now(), said: input });
        events.emit('registered');
        if (desk.refusal) throw new TRPCError({ code: 'FORBIDDEN' });
        return { enrolmentId: HOST_ID, challenge: 'challenge', status: desk.status };
      }),
      enrolment: t.procedure.input(enrolmentProof.extend({ known: approval })).mutation(async ({ input, signal }) => {
        if (desk.status === input.known) await once(events, 'decided', { signal });
        return { status: desk.status };
      }),
      certificate: t.procedure.mutation(async () => ({
        certificate: await issueFor(authority, desk.registrations.at(-1)!.said.csr, HOST_ID),
      })),
    }),
  });
  const tls = await makeServerIdentity(authority);
  const server = await startTestServer({ tls, router });
  const restart = () => startTestServer({ tls, router, port: server.port });
  const tokenFor = (servers = [server.url], pins = [pin]) => writeEnrolmentToken({ servers, pins, credential });
  return { desk, events, server, restart, pin, tokenFor };
}

const folderOf = (stateDir: string) => ({
  token: join(stateDir, 'enrolment.token'),
  settings: join(stateDir, 'agent.yaml'),
});

describe('an agent with an enrolment token', { timeout: 60_000 }, () => {
  it('needs nothing else: it finds the server, trusts its CA, joins, and keeps the address and not the token', async () => {
    const { desk, server, pin, tokenFor } = await setUp();
    const stateDir = makeStateFolder();
    const { ended } = startAgentProcess([
      '--token',
      tokenFor(),
      '--state-dir',
      stateDir,
      '--once',
      '--log-level',
      'debug',
    ]);

    const { code, stderr } = await ended;

    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('the certificate is stored') });
    expect(desk.registrations.map(({ said }) => said.token)).toEqual([credential]);
    expect(readFileSync(join(stateDir, 'server.fingerprint'), 'utf8')).toBe(`${pin}\n`);
    expect(readFileSync(folderOf(stateDir).settings, 'utf8')).toContain(`server: https://localhost:${server.port}\n`);
    expect(existsSync(folderOf(stateDir).token)).toBe(false);
    expect(stderr).not.toContain(credential);
    expect(stderr).not.toContain(tokenFor());
  });

  it('reads it from a file, and from standard input with what a Windows shell puts around it', async () => {
    const { desk, tokenFor } = await setUp();
    const file = `${makeStateFolder()}.token`;
    writeFileSync(file, `${tokenFor()}\n`);
    const start = (path: string, input?: string) =>
      startAgentProcess(['--token-file', path, '--state-dir', makeStateFolder(), '--once'], input).ended;
    for (const { code, stderr } of [await start(file), await start('-', `\ufeff${tokenFor()}\r\n`)])
      expect(code, stderr).toBe(0);
    expect(desk.registrations.map(({ said }) => said.token)).toEqual([credential, credential]);
  });

  it('goes on after kill -9 with the token it kept, which nobody else can read, and forgets it once it is registered', async () => {
    const { desk, events, server, tokenFor, restart } = await setUp();
    desk.status = 'pending';
    const stateDir = makeStateFolder();
    await server.stop();
    const first = startAgentProcess(['--token', tokenFor(), '--state-dir', stateDir]);
    await first.said('nothing listens');
    expect(readFileSync(folderOf(stateDir).token, 'utf8')).toBe(`${tokenFor()}\n`);
    if (!onWindows) expect(statSync(folderOf(stateDir).token).mode & 0o777).toBe(0o600);
    first.child.kill('SIGKILL');
    await first.ended;

    await restart();
    const second = startAgentProcess(['--state-dir', stateDir]);
    await second.said('waiting for an administrator');
    expect(existsSync(folderOf(stateDir).token)).toBe(false);
    second.child.kill('SIGKILL');
    await second.ended;

    const third = startAgentProcess(['--state-dir', stateDir, '--once']);
    await third.said('waiting for an administrator');
    desk.status = 'approved';
    events.emit('decided');
    expect((await third.ended).code).toBe(0);
    expect(desk.registrations.map(({ said }) => said.token)).toEqual([credential, undefined]);
  });

  it('tries the addresses in turn', async () => {
    const { server, tokenFor } = await setUp();
    const closed = createServer();
    const port = await listen(closed);
    closed.close();
    const token = tokenFor([new URL(`https://localhost:${port}`), new URL('https://nowhere.invalid:6443'), server.url]);
    const { code, stderr } = await startAgentProcess(['--token', token, '--state-dir', makeStateFolder(), '--once'])
      .ended;
    expect(code, stderr).toBe(0);
  });

  it('goes past an address where another CA answers to the one that is right', async () => {
    const [right, wrong] = [await setUp(), await setUp()];
    const token = right.tokenFor([wrong.server.url, right.server.url]);
    const { code, stderr } = await startAgentProcess(['--token', token, '--state-dir', makeStateFolder(), '--once'])
      .ended;
    expect(code, stderr).toBe(0);
    expect(wrong.desk.registrations).toEqual([]);
  });

  it('ends with 77 when no address shows the CA that the token pins, and sends nothing', async () => {
    const { desk, tokenFor } = await setUp();
    const stateDir = makeStateFolder();
    const { code, stderr } = await startAgentProcess([
      '--token',
      tokenFor(undefined, ['ab'.repeat(32)]),
      '--state-dir',
      stateDir,
    ]).ended;
    expect({ code, stderr }).toMatchObject({
      code: 77,
      stderr: expect.stringMatching(/sysmanage-agent: REFUSED: .*Nothing was sent/),
    });
    expect(desk.registrations).toEqual([]);
    expect(existsSync(join(stateDir, 'ca.crt'))).toBe(false);
  });

  it.each([
    [81, 'enrolment.token_expired', 'has expired'],
    [82, 'enrolment.token_used_up', 'no uses left'],
    [83, 'enrolment.token_revoked', 'revoked the enrolment token'],
    [84, 'enrolment.token_unknown', 'does not know the enrolment token'],
  ])('ends with %i and one line when the server says %s', async (exitCode, appCode, words) => {
    const { desk, tokenFor } = await setUp({ appCode });
    const { code, stderr } = await startAgentProcess(['--token', tokenFor(), '--state-dir', makeStateFolder()]).ended;
    expect(code, stderr).toBe(exitCode);
    expect(stderr.split('\n').filter((line) => line.startsWith('sysmanage-agent: '))).toEqual([
      expect.stringContaining(words),
    ]);
    expect(desk.registrations).toHaveLength(1);
  });

  it('ends with 65 and one line, without the token in it, for one that is truncated, damaged or none', async () => {
    const { tokenFor } = await setUp();
    const [text, stateDir] = [tokenFor(), makeStateFolder()];
    const file = `${stateDir}.token`;
    writeFileSync(file, text.slice(0, -5));
    for (const [args, words] of [
      [['--token', text.slice(0, 60)], 'truncated'],
      [['--token', text.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'))], 'damaged'],
      [['--token', 'hello'], 'no enrolment token'],
      [['--token-file', file], 'truncated'],
    ] as const) {
      const { code, stderr } = await startAgentProcess([...args, '--state-dir', stateDir]).ended;
      expect(code, stderr).toBe(65);
      expect(stderr).toMatch(/^sysmanage-agent: [^\n]+\n$/);
      expect(stderr).toContain(words);
      expect(stderr).not.toContain(text.slice(0, 60));
    }
    expect(existsSync(stateDir)).toBe(false);
  });

  it('ends with 64 for both options, and shows no token that stands where none belongs', async () => {
    const { tokenFor } = await setUp();
    for (const args of [
      ['--token', tokenFor(), '--token-file', 'x'],
      [tokenFor()],
      ['--token-file', tokenFor()],
      ['--server', tokenFor()],
    ]) {
      const { code, stderr } = await startAgentProcess([...args, '--state-dir', makeStateFolder()]).ended;
      expect(code, stderr).toBe(64);
      expect(stderr).not.toContain(tokenFor());
    }
  });

  it('comes back when a server that is too busy says so, and not before', async () => {
    const { desk, events, tokenFor } = await setUp({ appCode: 'agent.too_many_registrations', retryAfterSeconds: 2 });
    const { ended, said } = startAgentProcess(['--token', tokenFor(), '--state-dir', makeStateFolder(), '--once']);
    await said('too many machines ask to join');
    desk.refusal = undefined;
    if (desk.registrations.length < 2) await once(events, 'registered');
    expect((await ended).code).toBe(0);
    expect(desk.registrations[1]!.at - desk.registrations[0]!.at).toBeGreaterThanOrEqual(2000);
  });
});
