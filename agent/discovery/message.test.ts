import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { MAX_BYTES, readMessage, readRequest, writeMessage, writeRequest, type Message } from './message';
import { makeSigner, say } from './testing';

const all = () => true;
const nonce = randomBytes(16).toString('base64url');

describe('a message of a server', () => {
  it('holds for the CA that it names, and for no other', async () => {
    const signer = await makeSigner();
    const asked: string[] = [];
    expect(readMessage(say(signer, { nonce }), (pin) => asked.push(pin) > 0)).toMatchObject({
      nonce,
      server_info: { ca_pin: signer.pin },
    });
    expect(asked).toEqual([signer.pin]);
    expect(readMessage(say(signer), () => false)).toBe('foreign');
  });

  it('is worth nothing changed, signed by another key, or under another CA’s name', async () => {
    const [signer, rogue] = [await makeSigner(), await makeSigner()];
    const changed = (change: (message: Message) => unknown) => {
      const message = JSON.parse(say(signer).toString()) as Message;
      change(message);
      return readMessage(Buffer.from(JSON.stringify(message)), all);
    };
    expect(changed(() => {})).toMatchObject({ service: 'sysmanage-server' });
    expect(changed(({ server_info }) => (server_info.addresses = ['192.0.2.66']))).toBe('forged');
    expect(changed(({ server_info }) => (server_info.api_port = 1))).toBe('forged');
    expect(changed((message) => (message.timestamp += 1))).toBe('forged');
    expect(changed((message) => (message.nonce = nonce))).toBe('forged');
    expect(changed(({ proof }) => (proof.until += 1))).toBe('forged');
    expect(changed((message) => Object.assign(message, { default_config: {} }))).toBe('forged');
    // With our CA's word for our key, which anybody can record, and a key of their own.
    expect(readMessage(say({ ...signer, sign: rogue.sign }), all)).toBe('forged');
    expect(
      readMessage(say({ ...signer, proof: { ...signer.proof, key: rogue.proof.key }, sign: rogue.sign }), all),
    ).toBe('forged');
    expect(readMessage(say({ ...rogue, pin: signer.pin }), all)).toBe('forged');
    expect(
      readMessage(
        say({ ...rogue, pin: signer.pin, proof: { ...rogue.proof, authority: signer.proof.authority } }),
        all,
      ),
    ).toBe('forged');
  });

  it('ends with the certificate', async () => {
    const signer = await makeSigner({ until: new Date(Date.now() - 1) });
    expect(readMessage(say(signer), all)).toBe('lapsed');
  });

  it('fits in a packet with the longest name and more addresses than there is room for', async () => {
    const addresses = Array.from({ length: 16 }, (_, i) => `2001:db8:1111:2222:3333:4444:5555:${1000 + i}`);
    const packet = say(await makeSigner(), { nonce, hostname: 'h'.repeat(253), addresses });
    expect(packet.length).toBeLessThanOrEqual(MAX_BYTES);
    const { server_info } = readMessage(packet, all) as Message;
    expect(server_info.addresses).toEqual(addresses.slice(0, server_info.addresses.length));
    expect(server_info.addresses.length).toBeGreaterThan(0);
  });

  it('may say more in a later version, which is signed too', async () => {
    const signer = await makeSigner();
    const { signature: _, ...said } = JSON.parse(say(signer).toString()) as Message;
    const later = writeMessage({ ...said, server_info: { ...said.server_info, ...{ weather: 'fine' } } }, signer.sign);
    expect(later.toString()).toContain('weather');
    expect(readMessage(later, all)).toMatchObject({ server_info: { hostname: 'server.test' } });
  });
});

describe('a request', () => {
  const asked = { hostname: 'agent.test', platform: 'linux', nonce, timestamp: 1, request_config: true };

  it('is as large as its answer may become, whatever the name', () => {
    for (const hostname of ['a', 'h'.repeat(253)]) {
      const packet = writeRequest({ ...asked, hostname });
      expect(packet.length).toBe(MAX_BYTES);
      expect(readRequest(packet)).toMatchObject({ hostname });
    }
  });

  it.each([
    ['nothing', ''],
    ['no JSON', '{"service":'],
    ['another service', JSON.stringify({ ...asked, service: 'other', version: 1 })],
    ['a later version', JSON.stringify({ ...asked, service: 'sysmanage-agent', version: 2 })],
    ['a name that is none', JSON.stringify({ ...asked, service: 'sysmanage-agent', version: 1, hostname: '<b>\n' })],
    [
      'more than a packet has',
      JSON.stringify({ ...asked, service: 'sysmanage-agent', version: 1, padding: '.'.repeat(MAX_BYTES) }),
    ],
    ['a nonce that is a number', JSON.stringify({ ...asked, service: 'sysmanage-agent', version: 1, nonce: 5 })],
  ])('is not %s', (_, text) => expect(readRequest(Buffer.from(text))).toBeNull());
});
