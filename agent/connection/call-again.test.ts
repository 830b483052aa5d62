import { TRPCClientError } from '@trpc/client';
import { expect, it } from 'vitest';
import { recordLog } from '../testing';
import { callingOn, untilAgain } from './call-again';

const answered = (data: { httpStatus: number; retryAfterSeconds?: number }) =>
  TRPCClientError.from({ error: { code: -32603, message: 'no', data } });

function calling(random: number) {
  const record = recordLog();
  const over = new AbortController();
  const { retry } = callingOn({ over: over.signal }, { log: record.log, random: () => random });
  return { ...record, over, retry };
}

it.each([
  ['a server that fails', answered({ httpStatus: 500 })],
  ['no answer', TRPCClientError.from(new Error('the operation timed out'))],
])('%s: again, after a pause that is said', async (_what, error) => {
  const { retry, lines } = calling(0);
  expect(await untilAgain(retry, error, 'it was not fetched')).toBe(true);
  expect(lines.join()).toContain(`it was not fetched: ${error.message}; next try in 0.0 s`);
});

it.each([
  ['a refusal', answered({ httpStatus: 409 })],
  ['an answer that cannot be read', new Error('no hash')],
])('%s: not again', async (_what, error) => {
  const { retry, lines } = calling(0);
  expect(await untilAgain(retry, error, 'it was not fetched')).toBe(false);
  expect(lines).toEqual([]);
});

it('waits as long as the server asks for, and no longer than until there is something newer', async () => {
  const { retry, until } = calling(0);
  const newer = new AbortController();
  const waiting = untilAgain(retry, answered({ httpStatus: 503, retryAfterSeconds: 600 }), 'it', newer.signal);
  await until('next try in 600.0 s');
  newer.abort();
  expect(await waiting).toBe(true);
});

it('not again when the connection is over meanwhile', async () => {
  const { retry, over, until } = calling(0.99);
  const waiting = untilAgain(retry, answered({ httpStatus: 500 }), 'it');
  await until('next try in');
  over.abort();
  expect(await waiting).toBe(false);
});
