import { TRPCClientError } from '@trpc/client';
import { expect, it } from 'vitest';
import { inEnglish } from '../../words/say';
import { errorCode, explainFailure } from './explain-failure';

const server = new URL('https://sys.example.org:6443');
const coded = (code: string, message = '') => Object.assign(new Error(message), { code });

it('names the setting that mends a certificate for another name', () => {
  expect(inEnglish(explainFailure(coded('ERR_TLS_CERT_ALTNAME_INVALID'), server))).toBe(
    "the server's certificate is not for sys.example.org; add it to certificates.names on the server",
  );
  expect(inEnglish(explainFailure(coded('ERR_TLS_CERT_ALTNAME_INVALID'), new URL('https://[::1]:6443')))).toContain(
    'not for ::1;',
  );
});

it('is loud about a foreign CA', () => {
  expect(inEnglish(explainFailure(coded('SELF_SIGNED_CERT_IN_CHAIN'), server))).toMatch(
    /^REFUSED: sys\.example\.org:6443 /,
  );
});

it('finds the code that tRPC wrapped', () => {
  const wrapped = TRPCClientError.from(coded('ECONNREFUSED', 'connect ECONNREFUSED'));
  expect(errorCode(wrapped)).toBe('ECONNREFUSED');
  expect(inEnglish(explainFailure(wrapped, server))).toBe('nothing listens at sys.example.org:6443');
});

it('finds the code of several addresses tried at once, whose error has no message', () => {
  const tried = Object.assign(new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')]), {
    code: 'ECONNREFUSED',
  });
  expect(inEnglish(explainFailure(tried, server))).toBe('nothing listens at sys.example.org:6443');
});

it('falls back to what the error says', () => {
  expect(inEnglish(explainFailure(new Error('odd'), server))).toBe('sys.example.org:6443: odd');
  expect(inEnglish(explainFailure('odd', server))).toBe('sys.example.org:6443: odd');
});
