import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { encodingsOf, findKeys } from './testing-key-search';

const makeKey = () =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const key = makeKey();
const { pkcs8, sec1, scalar } = encodingsOf(key);
const sec1Pem = createPrivateKey(key).export({ type: 'sec1', format: 'pem' }).toString();
const shifted = (bytes: Buffer, by: number) => Buffer.concat([Buffer.from('xy'.slice(0, by)), bytes, Buffer.from('z')]);

const LEAKS: [what: string, leak: Buffer | string][] = [
  ['PEM, PKCS #8', key],
  ['PEM, SEC 1', sec1Pem],
  ['PEM in JSON', JSON.stringify({ key })],
  ['PEM with the line ends of Windows', key.replaceAll('\n', '\r\n')],
  ['PEM, indented', key.replaceAll('\n', '\n    ')],
  ['DER, PKCS #8', pkcs8],
  ['DER, SEC 1', sec1],
  ['the scalar', scalar],
  ['JWK', JSON.stringify(createPrivateKey(key).export({ format: 'jwk' }))],
  ['a Buffer in JSON', JSON.stringify(scalar)],
  ...[pkcs8, sec1, scalar].flatMap((bytes, i) =>
    (['hex', 'base64', 'base64url'] as const).flatMap((encoding) =>
      [0, 1, 2].map((by): [string, string] => [
        `${['PKCS #8', 'SEC 1', 'the scalar'][i]} in ${encoding}, ${by} further on`,
        shifted(bytes, by).toString(encoding),
      ]),
    ),
  ),
  ['HEX', scalar.toString('hex').toUpperCase()],
];

test.each(LEAKS)('%s is found', (_what, leak) => {
  const recording = Buffer.concat([Buffer.from('before '), Buffer.from(leak as string), Buffer.from(' after')]);
  expect(findKeys([key], { recording })).not.toEqual([]);
});

test('another key is not', () => {
  for (const [, leak] of LEAKS) expect(findKeys([makeKey()], { recording: Buffer.from(leak as string) })).toEqual([]);
});
