import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { initTRPC } from '@trpc/server';
import { describe, expect, it } from 'vitest';
import texts from '../words/de.json';
import { answerAt, freePorts, makeSigner, say } from './discovery/testing';
import { listenSilently, makeAuthority, makeServerIdentity, makeStateFolder, startTestServer } from './testing';
import { startAgentProcess as start } from './process/testing-process';
import { AGENT_VERSION } from './process/version';

/** A state folder whose agent looks for servers on ports of this test's own. */
async function folderWithPorts() {
  const [folder, ports] = [makeStateFolder(), await freePorts()];
  mkdirSync(folder, { mode: 0o700 });
  const { beacon, announcements } = ports;
  writeFileSync(join(folder, 'agent.yaml'), `discovery: { port: ${beacon}, announcement_port: ${announcements} }\n`);
  return { folder, ports };
}

describe('the agent as a process', { timeout: 30_000 }, () => {
  it('prints its help and its version', async () => {
    const [help, version] = await Promise.all([start(['--help']).ended, start(['--version']).ended]);
    expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining('--ca-pin') });
    expect(version).toMatchObject({ code: 0, stdout: `${AGENT_VERSION}\n` });
  });

  it('ends with 64 and one line for a wrong option', async () => {
    for (const wrong of [['--sever\nx'], ['--discovery-interfaces', 'eth0,/etc']]) {
      const { code, stderr } = await start(wrong).ended;
      expect(code).toBe(64);
      expect(stderr).toMatch(/^sysmanage-agent: [^\n]+\n$/);
    }
  });

  it('speaks the language of the terminal, and English to a service manager', async () => {
    const german = { LC_ALL: 'de_CH.UTF-8' };
    const [person, service, help] = await Promise.all([
      start(['--server', 'x'], undefined, german).ended,
      start(['--server', 'x', '--service'], undefined, german).ended,
      start(['--help'], undefined, german).ended,
    ]);
    const said = texts['agent.address.no_https'].replace('{{given}}', '"x"');
    expect(person).toMatchObject({ code: 64, stderr: `sysmanage-agent: --server: ${said}\n` });
    expect(service.stderr).toMatch(/^sysmanage-agent: --server: "x" does not start with https/);
    expect(help.stdout).toContain(texts['agent.help.usage'].replace('{{call}}', 'sysmanage-agent [OPTIONS]'));
  });

  it('looks for a server when none is named, and says how to name one', async () => {
    const { folder } = await folderWithPorts();
    const agent = start(['--state-dir', folder, '--service', '--discovery-interfaces', 'none-of-this-name']);
    await agent.said('server to be found');
    await agent.said('looking for one on loopback, none-of-this-name');
    await agent.said('no server has answered; to name it by hand, give --server https://HOST:6443');
    agent.child.kill('SIGTERM');
    expect(await agent.ended).toMatchObject({ code: 0 });
  });

  it('takes of a server’s suggestions what does no harm and nobody has set, and says what it ignores', async () => {
    const { folder, ports } = await folderWithPorts();
    const authority = await makeAuthority();
    const server = await startTestServer({
      tls: await makeServerIdentity(authority),
      router: initTRPC.create().router({}),
    });
    const signer = await makeSigner({ authority });
    const default_config = { log_level: 'debug', look_seconds: 7, servers: ['https://rogue.test'] };
    await answerAt(ports.beacon, ({ nonce }) => [say(signer, { nonce, api_port: server.port, default_config })]);
    const agent = start(['--state-dir', folder]);
    await agent.said('the server suggests settings that are not its to make: servers');
    await agent.said(' debug ');
    const written = () => readFileSync(join(folder, 'agent.yaml'), 'utf8');
    await expect.poll(written).toMatch(/suggested:\n +log_level: debug\n +look_seconds: 7\n/);
    expect(written()).toMatch(/server_found: .*speaks TLS/);
    expect(written()).not.toContain('rogue');
    agent.child.kill('SIGTERM');
    await agent.ended;
  });

  it('ends with 78 for a wrong agent.yaml, and for a folder that others can read', async () => {
    const [wrong, open] = [makeStateFolder(), makeStateFolder()];
    mkdirSync(wrong, { mode: 0o700 });
    writeFileSync(join(wrong, 'agent.yaml'), 'sever: https://a.test\n');
    mkdirSync(open);
    chmodSync(open, 0o755);
    const server = ['--server', 'https://localhost:1'];
    const [first, second] = await Promise.all([
      start(['--state-dir', wrong]).ended,
      start(['--state-dir', open, ...server]).ended,
    ]);
    expect(first).toMatchObject({ code: 78, stderr: expect.stringContaining('known there: sever') });
    expect(second).toMatchObject({ code: 78, stderr: expect.stringContaining('chmod 700') });
  });

  it('ends with 77 when the CA is not the pinned one', async () => {
    const server = await startTestServer({
      tls: await makeServerIdentity(await makeAuthority()),
      router: initTRPC.create().router({}),
    });
    const { ended } = start([
      '--server',
      server.url.href,
      '--state-dir',
      makeStateFolder(),
      '--ca-pin',
      'ab'.repeat(32),
    ]);
    expect(await ended).toMatchObject({
      code: 77,
      stderr: expect.stringMatching(/sysmanage-agent: REFUSED: .*Nothing was sent/),
    });
  });

  it('does not remember a pin that contradicts what it trusts', async () => {
    const folder = makeStateFolder();
    mkdirSync(folder, { mode: 0o700 });
    writeFileSync(join(folder, 'server.fingerprint'), `${'cd'.repeat(32)}\n`);
    const { ended } = start(['--server', 'https://localhost:1', '--state-dir', folder, '--ca-pin', 'ab'.repeat(32)]);
    expect(await ended).toMatchObject({ code: 77, stderr: expect.stringContaining('this machine trusts cdcd') });
    expect(readFileSync(join(folder, 'agent.yaml'), 'utf8')).toBe('server: https://localhost:1\n');
  });

  it('refuses a second agent with 75, stops on SIGTERM with 0, and remembers its options', async () => {
    const folder = makeStateFolder();
    const address = await listenSilently();
    const first = start(['--server', address, '--state-dir', folder, '--log-level', 'debug']);
    await first.said('SysManage agent');
    const second = start(['--state-dir', folder]);
    expect(await second.ended).toMatchObject({
      code: 75,
      stderr: expect.stringContaining('another agent already runs'),
    });
    first.child.kill('SIGTERM');
    const stopping = performance.now();
    expect(await first.ended).toMatchObject({ code: 0, stderr: expect.stringContaining('stopped') });
    expect(performance.now() - stopping).toBeLessThan(2000);
    expect(readFileSync(join(folder, 'agent.yaml'), 'utf8')).toBe(`server: ${address}\nlog_level: debug\n`);
  });

  it('starts again after kill -9, from what it remembers', async () => {
    const folder = makeStateFolder();
    const first = start(['--server', await listenSilently(), '--state-dir', folder]);
    await first.said('SysManage agent');
    first.child.kill('SIGKILL');
    await first.ended;
    const second = start(['--state-dir', folder]);
    await second.said('SysManage agent');
    second.child.kill('SIGINT');
    expect((await second.ended).code).toBe(0);
  });
});
