import { createHmac, createSign, generateKeyPairSync, hkdfSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createChallenges } from '../agents/challenge';
import { createTokenSigner } from './signer';

const SECRET = 'a secret of at least thirty-two characters';
const ID = '01890000-0000-7000-8000-000000000000';
const signer = createTokenSigner(SECRET);
const key = Buffer.from(hkdfSync('sha256', SECRET, '', 'sysmanage api token v1', 32));

const now = Math.floor(Date.now() / 1000);
const header = { alg: 'HS256', typ: 'sysmanage-token+jwt' };
const payload = { sub: ID, sid: ID, jti: ID, iss: 'sysmanage', aud: 'sysmanage-api', iat: now, exp: now + 600 };

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

/** A JWT made by hand, signed as the real ones are unless told otherwise. */
function forge(changed: { header?: object; payload?: object; sign?: (text: string) => string } = {}): string {
  const text = `${encode({ ...header, ...changed.header })}.${encode({ ...payload, ...changed.payload })}`;
  const sign = changed.sign ?? ((text) => createHmac('sha256', key).update(text).digest('base64url'));
  return `${text}.${sign(text)}`;
}

test('what it signs it believes', async () => {
  const { token, expiresAt } = await signer.sign({ userId: ID, chainId: ID, jti: ID });
  expect(await signer.verify(token)).toEqual({ userId: ID, chainId: ID, jti: ID, expiresAt });
  // The forgeries below differ from this one by what they are named for.
  expect(await signer.verify(forge())).toMatchObject({ userId: ID });
});

describe('JWT confusion', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const publicPem = rsa.publicKey.export({ type: 'spki', format: 'pem' });

  const forgeries: Record<string, string> = {
    'no algorithm': forge({ header: { alg: 'none' }, sign: () => '' }),
    'no algorithm, in capitals': forge({ header: { alg: 'NONE' }, sign: () => '' }),
    'no signature': forge({ sign: () => '' }),
    'a longer hash': forge({
      header: { alg: 'HS512' },
      sign: (text) => createHmac('sha512', key).update(text).digest('base64url'),
    }),
    'RSA in the place of HMAC': forge({
      header: { alg: 'RS256' },
      sign: (text) => createSign('sha256').update(text).sign(rsa.privateKey, 'base64url'),
    }),
    'an HMAC under a public key': forge({
      sign: (text) => createHmac('sha256', publicPem).update(text).digest('base64url'),
    }),
    'its own key in the header': forge({
      header: { jwk: { kty: 'oct', k: 'AAAA' } },
      sign: (text) => createHmac('sha256', Buffer.from('AAAA', 'base64url')).update(text).digest('base64url'),
    }),
    'a critical extension': forge({ header: { crit: ['b64'], b64: false } }),
    'another type': forge({ header: { typ: 'JWT' } }),
    'no type': forge({ header: { typ: undefined } }),
    'another audience': forge({ payload: { aud: 'another' } }),
    'no audience': forge({ payload: { aud: undefined } }),
    'another issuer': forge({ payload: { iss: 'another' } }),
    'no end': forge({ payload: { exp: undefined } }),
    'no id': forge({ payload: { jti: undefined } }),
    'a user that is no id': forge({ payload: { sub: "' or true --" } }),
    'not yet': forge({ payload: { nbf: now + 300 } }),
    'the server’s secret itself as the key': forge({
      sign: (text) => createHmac('sha256', SECRET).update(text).digest('base64url'),
    }),
    'an enrolment challenge': createChallenges(SECRET).issue(ID),
    'a setup token': 'dGhpcyBpcyBhIHNldHVwIHRva2Vu',
    nothing: '',
    'three dots': '..',
  };

  test.each(Object.entries(forgeries))('%s', async (_name, token) => {
    expect(await signer.verify(token)).toBe('invalid');
  });

  test('another server’s token', async () => {
    const { token } = await createTokenSigner('another secret of thirty-two characters').sign({
      userId: ID,
      chainId: ID,
      jti: ID,
    });
    expect(await signer.verify(token)).toBe('invalid');
  });

  test('another person’s name under a real signature', async () => {
    const { token } = await signer.sign({ userId: ID, chainId: ID, jti: ID });
    const [head, , signature] = token.split('.');
    expect(await signer.verify(`${head}.${encode({ ...payload, sub: ID.replace('1', '2') })}.${signature}`)).toBe(
      'invalid',
    );
  });
});
