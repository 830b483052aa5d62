import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeEnrolmentToken } from './enrolment-token';
import { startAgentProcess } from './process/testing-process';
import { readSettings, serversOf } from './state/settings';
import { makeStateFolder } from './testing';
import { setUpRun } from './testing-run';
import { pinOf } from './trust/anchors';

it('goes to another address when the server at one dies, back when that dies too, and keeps the last that worked first', async () => {
  const { state, folder, server, start, startOther, restart } = await setUpRun();
  const other = await startOther();
  const here = () => serversOf(readSettings(folder)).map(({ port }) => Number(port));
  // It ends with the test's signal.
  void start({ servers: [server.url, other.url] }).catch(() => {});
  await state.until(() => state.samples.length === 1);
  expect([server.sockets.size, other.sockets.size]).toEqual([1, 0]);

  await server.stop();
  await state.until(() => state.hellos.length === 2);
  expect(other.sockets.size).toBe(1);
  await expect.poll(here).toEqual([other.port, server.port]);

  await restart();
  await other.stop();
  await state.until(() => state.hellos.length === 3);
  await expect.poll(here).toEqual([server.port, other.port]);
  expect(state.registrations).toBe(1);
});

it('waits for its approval at another address when the server at one dies', async () => {
  const { state, server, start, startOther, until } = await setUpRun();
  const other = await startOther();
  state.status = 'pending';
  void start({ servers: [server.url, other.url] }).catch(() => {});
  await until('waiting for an administrator');
  await server.stop();
  await state.until(() => state.registrations === 2);
  state.decide('approved');
  await state.until(() => state.hellos.length === 1);
  expect(other.sockets.size).toBe(1);
});

it('trusts at every address the CAs that it trusts at the first', async () => {
  const { state, server, start, restart, until } = await setUpRun();
  const foreign = await setUpRun();
  void start({ servers: [server.url, foreign.server.url] }).catch(() => {});
  await state.until(() => state.samples.length === 1);
  await server.stop();
  await until(`REFUSED: ${foreign.server.url.host} shows a certificate that the pinned CA did not sign`);
  await restart();
  await state.until(() => state.hellos.length === 2);
  expect([foreign.state.registrations, foreign.state.hellos]).toEqual([0, []]);
});

it('pauses once a round, and tells then why no address works', async () => {
  const { state, server, startOther, start, until } = await setUpRun();
  const other = await startOther();
  void start({ servers: [server.url, other.url] }).catch(() => {});
  await state.until(() => state.samples.length === 1);
  await Promise.all([server.stop(), other.stop()]);
  const [one, two] = [server, other].map(({ url }) => `nothing listens at ${url.host}`);
  await until(`${one}; ${two}; next try in 0.0 s`);
});

it('knows all addresses of its enrolment token after a restart', { timeout: 60_000 }, async () => {
  const { state, authority, server, startOther } = await setUpRun();
  const other = await startOther();
  const folder = makeStateFolder();
  const credential = Buffer.alloc(32, 7).toString('base64url');
  const pins = [pinOf(new X509Certificate(authority.pem))];
  const token = writeEnrolmentToken({ servers: [server.url, other.url], pins, credential });
  const first = startAgentProcess(['--token', token, '--state-dir', folder, '--once']);
  const { code, stderr } = await first.ended;
  expect(code, stderr).toBe(0);
  expect(readFileSync(join(folder, 'agent.yaml'), 'utf8')).toContain(
    `servers:\n  - https://localhost:${server.port}\n  - https://localhost:${other.port}\n`,
  );
  await server.stop();
  const second = startAgentProcess(['--state-dir', folder]);
  await second.said(`connected to ${other.url.host}`);
  expect(state.tokens).toEqual([credential]);
});
