import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { createServer as createPlainServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { EXIT } from '../process/exit-codes';
import { openStateFolder } from '../state/open-folder';
import {
  issue,
  keepingIn,
  listen,
  makeAuthority,
  makeServerIdentity,
  makeStateFolder,
  recordLog,
  signalOfTest,
  type TestAuthority,
  type TlsIdentity,
} from '../testing';
import { addAuthorities, pinOf, readAnchors, writeAnchors } from './anchors';
import { establishTrust } from './establish-trust';

/** A bare TLS server that records every byte of application data it is sent. */
async function serve(tls: TlsIdentity) {
  const heard: Buffer[] = [];
  const server = createServer(tls, (socket) => socket.on('data', (data) => heard.push(data)).on('error', () => {}));
  server.on('tlsClientError', () => {}); // a client that hangs up is what some tests are about
  const port = await listen(server);
  onTestFinished(() => void server.close());
  return { heard, url: (host = 'localhost') => new URL(`https://${host}:${port}`) };
}

function makeAgent(server: URL, ...pins: string[]) {
  const folder = makeStateFolder();
  openStateFolder(folder);
  const record = recordLog();
  return {
    folder,
    server,
    expectedPins: pins.length > 0 ? pins : undefined,
    ...record,
    ...keepingIn(folder, record.log),
    signal: signalOfTest(),
  };
}

const pinOfAuthority = (authority: TestAuthority) => pinOf(new X509Certificate(authority.pem));
const untrusted = (message: RegExp): unknown =>
  expect.objectContaining({ exitCode: EXIT.UNTRUSTED_SERVER, message: expect.stringMatching(message) });

describe('first contact', () => {
  it('trusts and stores the CA it meets, without sending a byte', async () => {
    const authority = await makeAuthority();
    const { heard, url } = await serve(await makeServerIdentity(authority));
    const agent = makeAgent(url());
    const trust = await establishTrust(agent);
    expect(trust.pins).toEqual([pinOfAuthority(authority)]);
    expect(readFileSync(join(agent.folder, 'ca.crt'), 'utf8').trim()).toBe(authority.pem.trim());
    expect(readFileSync(join(agent.folder, 'server.fingerprint'), 'utf8')).toBe(`${pinOfAuthority(authority)}\n`);
    expect(Buffer.concat(heard)).toHaveLength(0);
  });

  it('accepts the pinned CA', async () => {
    const authority = await makeAuthority();
    const { url } = await serve(await makeServerIdentity(authority));
    const agent = makeAgent(url(), pinOfAuthority(authority));
    expect((await establishTrust(agent)).pins).toEqual([pinOfAuthority(authority)]);
  });

  it('refuses any other CA when one is pinned, stores nothing and says both pins', async () => {
    const [authority, pinned] = [await makeAuthority(), await makeAuthority()];
    const { url } = await serve(await makeServerIdentity(authority));
    const agent = makeAgent(url(), pinOfAuthority(pinned));
    const message = new RegExp(`REFUSED: .*${pinOfAuthority(authority)}.*${pinOfAuthority(pinned)}`);
    await expect(establishTrust(agent)).rejects.toEqual(untrusted(message));
    expect(readAnchors(agent.folder)).toEqual({ authorities: [], pins: [] });
  });

  it('accepts any of several pins given, and keeps them all', async () => {
    const [authority, next] = [await makeAuthority(), await makeAuthority()];
    const pins = [pinOfAuthority(next), pinOfAuthority(authority)];
    const { url } = await serve(await makeServerIdentity(authority));
    const agent = makeAgent(url(), ...pins);
    expect((await establishTrust(agent)).pins).toEqual(pins);
    expect(readAnchors(agent.folder).pins).toEqual(pins);
  });

  it('is not fooled by the pinned CA in a chain that it did not sign', async () => {
    const [impostor, pinned] = [await makeAuthority('Same Name'), await makeAuthority('Same Name')];
    for (const served of [[pinned], [pinned, impostor], [impostor, pinned]]) {
      const { url } = await serve(await makeServerIdentity(impostor, ['localhost'], served));
      const agent = makeAgent(url(), pinOfAuthority(pinned));
      await expect(establishTrust(agent)).rejects.toThrow(/REFUSED|does not show the CA certificate/);
      expect(readAnchors(agent.folder).authorities).toEqual([]);
    }
  });

  it('refuses a chain without a CA', async () => {
    const authority = await makeAuthority();
    const { url } = await serve(await makeServerIdentity(authority, ['localhost'], []));
    await expect(establishTrust(makeAgent(url()))).rejects.toThrow(/does not show the CA certificate/);
  });

  it('refuses a leaf that is no CA but signed the next', async () => {
    const authority = await makeAuthority();
    const [between, server] = [await makeAuthority('Between'), await makeServerIdentity(authority)];
    const leafAsCa = {
      ...between,
      pem: await issue(authority, { publicKey: between.keys.publicKey, names: ['Between'] }),
    };
    const { cert, key } = await makeServerIdentity(leafAsCa, ['localhost'], [leafAsCa, authority]);
    expect(server.cert).not.toBe(cert);
    const { url } = await serve({ cert, key });
    await expect(establishTrust(makeAgent(url()))).rejects.toThrow(/does not show the CA certificate/);
  });

  it('refuses a certificate for another name before it trusts anything', async () => {
    const { url } = await serve(await makeServerIdentity(await makeAuthority(), ['elsewhere.test']));
    const agent = makeAgent(url());
    await expect(establishTrust(agent)).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    expect(readAnchors(agent.folder).authorities).toEqual([]);
  });

  it('works by address', async () => {
    const { url } = await serve(await makeServerIdentity(await makeAuthority(), ['127.0.0.1']));
    expect((await establishTrust(makeAgent(url('127.0.0.1')))).pins).toHaveLength(1);
  });

  it('reports a port that speaks no TLS, and one that is closed, as unreachable', async () => {
    const plain = createPlainServer((socket) =>
      socket
        .on('error', () => {})
        .resume()
        .end('hello\n'),
    );
    await new Promise<void>((resolve) => plain.listen(0, resolve));
    const { port } = plain.address() as { port: number };
    const url = new URL(`https://localhost:${port}`);
    await expect(establishTrust(makeAgent(url))).rejects.not.toHaveProperty('exitCode');
    await new Promise((resolve) => plain.close(resolve));
    await expect(establishTrust(makeAgent(url))).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('stops at once when the agent stops', async () => {
    const silent = createPlainServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, resolve));
    onTestFinished(() => void silent.close());
    const stop = new AbortController();
    const agent = {
      ...makeAgent(new URL(`https://localhost:${(silent.address() as { port: number }).port}`)),
      signal: stop.signal,
    };
    const waiting = establishTrust(agent);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('a machine that trusts a CA', () => {
  it('refuses a server with another, and keeps what it has', async () => {
    const [first, second] = [await makeAuthority(), await makeAuthority()];
    const agent = makeAgent((await serve(await makeServerIdentity(first))).url());
    await establishTrust(agent);
    const before = readAnchors(agent.folder);
    const { heard, url } = await serve(await makeServerIdentity(second));
    await expect(establishTrust({ ...agent, server: url() })).rejects.toEqual(untrusted(/REFUSED/));
    expect(readAnchors(agent.folder)).toEqual(before);
    expect(Buffer.concat(heard)).toHaveLength(0);
  });

  it('trusts what is stored besides the pin given: a server with that pin has vouched for it', async () => {
    const [old, next] = [await makeAuthority('Old'), await makeAuthority('Next')];
    const agent = makeAgent((await serve(await makeServerIdentity(next))).url(), pinOfAuthority(old));
    const known = { authorities: [old.pem], pins: [pinOfAuthority(old)] };
    writeAnchors(agent.folder, known);
    await expect(establishTrust(agent)).rejects.toEqual(untrusted(/REFUSED/));
    addAuthorities(known, [old.pem, next.pem]);
    writeAnchors(agent.folder, known);
    expect((await establishTrust(agent)).pins).toEqual([pinOfAuthority(old), pinOfAuthority(next)]);
  });

  it('adds no CA that is none, nor any number of them, and keeps what it has then', async () => {
    const old = await makeAuthority('Old');
    const known = { authorities: [old.pem], pins: [pinOfAuthority(old)] };
    const { cert } = await makeServerIdentity(old);
    const many = await Promise.all(Array.from({ length: 16 }, (_, i) => makeAuthority(`CA ${i}`)));
    expect(() => addAuthorities(known, [cert])).toThrow('not the certificate of a CA');
    expect(() => addAuthorities(known, ['-----BEGIN CERTIFICATE-----'])).toThrow();
    expect(() =>
      addAuthorities(
        known,
        many.map(({ pem }) => pem),
      ),
    ).toThrow('too many');
    expect(known).toEqual({ authorities: [old.pem], pins: [pinOfAuthority(old)] });
  });

  it('refuses a pin given that is not a stored one, without asking the server', async () => {
    const agent = makeAgent((await serve(await makeServerIdentity(await makeAuthority()))).url());
    await establishTrust(agent);
    const nowhere = new URL('https://localhost:1');
    await expect(establishTrust({ ...agent, server: nowhere, expectedPins: ['ab'.repeat(32)] })).rejects.toEqual(
      untrusted(/pin given/),
    );
  });

  it('goes on trusting a CA certificate renewed with its key', async () => {
    const old = await makeAuthority('CA');
    const agent = makeAgent((await serve(await makeServerIdentity(old))).url());
    await establishTrust(agent);
    const renewed = await makeAuthority('CA', old.keys);
    const { url } = await serve(await makeServerIdentity(renewed));
    const { authorities, pins } = await establishTrust({ ...agent, server: url() });
    expect(pins).toEqual([pinOfAuthority(old)]);
    expect(authorities.map((pem) => pem.trim())).toEqual([renewed.pem.trim()]);
  });

  it('accepts each of several', async () => {
    const [old, next] = [await makeAuthority('Old'), await makeAuthority('Next')];
    for (const current of [old, next]) {
      const agent = makeAgent((await serve(await makeServerIdentity(current))).url());
      writeAnchors(agent.folder, {
        authorities: [old.pem, next.pem],
        pins: [pinOfAuthority(old), pinOfAuthority(next)],
      });
      const { signingKeyDer, pins } = await establishTrust(agent);
      expect(pins).toHaveLength(2);
      expect(signingKeyDer).toEqual(new X509Certificate(current.pem).publicKey.export({ type: 'spki', format: 'der' }));
    }
  });
});

describe('the stored files', () => {
  it('may be a pin alone: a promise about the first contact', async () => {
    const [authority, other] = [await makeAuthority(), await makeAuthority()];
    const { url } = await serve(await makeServerIdentity(authority));
    const agent = makeAgent(url());
    writeFileSync(join(agent.folder, 'server.fingerprint'), `${pinOfAuthority(other)}\n`);
    await expect(establishTrust(agent)).rejects.toEqual(untrusted(/REFUSED/));
    writeFileSync(join(agent.folder, 'server.fingerprint'), `${pinOfAuthority(authority)}\n`);
    expect((await establishTrust(agent)).authorities).toHaveLength(1);
  });

  it('may be a CA certificate alone', async () => {
    const [authority, other] = [await makeAuthority(), await makeAuthority()];
    const agent = makeAgent((await serve(await makeServerIdentity(authority))).url());
    writeFileSync(join(agent.folder, 'ca.crt'), other.pem);
    await expect(establishTrust(agent)).rejects.toEqual(untrusted(/REFUSED/));
    writeFileSync(join(agent.folder, 'ca.crt'), authority.pem);
    expect((await establishTrust(agent)).pins).toEqual([pinOfAuthority(authority)]);
  });

  it('must fit each other', async () => {
    const [authority, other] = [await makeAuthority(), await makeAuthority()];
    const agent = makeAgent(new URL('https://localhost:1'));
    writeFileSync(join(agent.folder, 'ca.crt'), authority.pem);
    writeFileSync(join(agent.folder, 'server.fingerprint'), `${pinOfAuthority(other)}\n`);
    expect(() => readAnchors(agent.folder)).toThrow(expect.objectContaining({ exitCode: EXIT.CONFIG }));
  });

  it('must be what they are called', () => {
    const agent = makeAgent(new URL('https://localhost:1'));
    writeFileSync(join(agent.folder, 'server.fingerprint'), 'not a pin\n');
    expect(() => readAnchors(agent.folder)).toThrow(expect.objectContaining({ exitCode: EXIT.CONFIG }));
  });
});
