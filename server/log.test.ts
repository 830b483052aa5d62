import { TRPCError } from '@trpc/server';
import { DrizzleQueryError } from 'drizzle-orm';
import pino from 'pino';
import { expect, test } from 'vitest';
import { DatabaseUnavailableError } from '../db/errors';
import { makeKey } from './api-keys/key-text';
import { createKnownDevices } from './auth/known-devices';
import { AppError } from './errors';
import { createLog, logFailure, logOurFault, logProcedureError, logRefusal } from './log';
import { createTokenSigner } from './tokens/signer';

const ID = '01890000-0000-7000-8000-000000000000';
const secret = 'x'.repeat(40);

/** A log, and what comes out of it. */
function logTo() {
  const lines: string[] = [];
  return { lines, log: createLog({ level: 'debug', format: 'json' }, { write: (line) => void lines.push(line) }) };
}

/** What JSON.parse says of a text, as it says it. */
function syntaxErrorOf(text: string): Error {
  try {
    JSON.parse(text);
  } catch (error) {
    return error as Error;
  }
  throw new Error('it is JSON');
}

const { token } = await createTokenSigner(secret).sign({ userId: ID, chainId: ID, jti: ID });
const devices = createKnownDevices(secret, { secure: true, name: '7443' });
const device = devices.make({ id: ID, email: 'admin@example.com' }, new Date());

test.each([
  ['an API key', makeKey(), ''],
  ['half an API key', makeKey().slice(0, 40), ''],
  ['an enrolment token', `sysmanage_${'A1b2-_'.repeat(20)}`, ''],
  ['a token', token, ''],
  ['the device of a script', device, ''],
  [
    'a device’s cookie',
    devices.makeCookie({ id: ID, email: 'admin@example.com' }, new Date()).split('; ')[0]!.split('=')[1]!,
    '__Host-sysmanage-device-7443-000000000000=',
  ],
  ['a session’s cookie', 'a2b3'.repeat(10), 'sysmanage-3000='],
  ['a header', 'dXNlcjpwYXNzd29yZA==', 'authorization: Basic '],
  ['a one-time link', 'q-_8'.repeat(8), 'https://pages.example.com/reset-password?token='],
  ['a database’s password', 'hunter2hunter2', 'postgres://sysmanage:'],
  ['a private key', 'MIGHAgEAMBMGByqGSM49AgEG', '-----BEGIN PRIVATE KEY-----\n'],
])('%s is in no line, whatever field, message or error it comes in', (_, text, before) => {
  const { log, lines } = logTo();
  const said = `it was ${before}${text}${before.startsWith('postgres') ? '@db.example.com/sysmanage' : ''}`;
  log.warn({ hostId: ID, message: said, deep: { er: [said] } }, 'the agent reports an error');
  log.warn(said);
  log.error({ err: new Error(said) }, 'request failed');
  log.child({ said }).info('x');
  expect(lines).toHaveLength(4);
  for (const line of lines) expect(line).not.toContain(text);
  // What is beside it stays, and the lines are JSON.
  for (const line of lines) expect(Object.keys(JSON.parse(line) as object)).toContain('level');
  expect(lines[0]).toContain(ID);
});

test('broken JSON leaves no piece of it, be it refused or our own failure', () => {
  const { log, lines } = logTo();
  // As short as a parser quotes it whole, and with the fault behind what is secret.
  for (const text of ['{"password":hunter2}', `{"email":"a@example.com","password":"hunter2"`, '"hunter2']) {
    const cause = syntaxErrorOf(text);
    logProcedureError(log, {
      error: new TRPCError({ code: 'PARSE_ERROR', message: cause.message, cause }),
      path: 'users.signIn',
    });
    logProcedureError(log, { error: new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause }), path: 'users.signIn' });
    log.error({ err: cause }, 'agent broke the protocol');
  }
  expect(lines).toHaveLength(9);
  for (const line of lines) expect(line).not.toMatch(/hunt|passw|email/);
  expect(lines[0]).toContain('"cause":"SyntaxError"');
  expect(lines[2]).toContain('log.test.ts');
});

test('what a query was given is in no line, and what we wrote is', () => {
  const { log, lines } = logTo();
  const failed = new DrizzleQueryError(
    'insert into "user" values ($1)',
    ['hunter2@example.com'],
    new Error('duplicate key'),
  );
  logProcedureError(log, { error: new AppError('user.email_taken', { cause: failed }), path: 'users.invite' });
  log.error({ err: failed }, 'what has expired was not deleted');
  logProcedureError(log, {
    error: new AppError('agent.csr_invalid', { cause: new Error('the key is no P-256') }),
    path: 'agents.register',
  });
  for (const line of lines) expect(line).not.toContain('hunter2');
  expect(lines[1]).toContain('duplicate key');
  expect(lines[2]).toContain('the key is no P-256');
});

function openLog() {
  const lines: Record<string, unknown>[] = [];
  return { lines, log: pino({}, { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) }) };
}

test('what goes on failing is said at once, and then once a minute with how often it did', () => {
  const { lines, log } = openLog();
  for (let second = 0; second < 150; second++)
    logFailure(log, 'the rows were not written', new Error('away'), second * 1000);
  expect(lines).toMatchObject([
    { level: 50, msg: 'the rows were not written', err: { message: 'away' } },
    { msg: 'the rows were not written', alsoFailed: 59 },
    { msg: 'the rows were not written', alsoFailed: 59 },
  ]);
  expect(lines[0]).not.toHaveProperty('alsoFailed');
});

test('each kind is told for itself, and each log', () => {
  const [one, other] = [openLog(), openLog()];
  for (const what of ['a', 'b', 'a']) logFailure(one.log, what, new Error('away'), 0);
  logFailure(other.log, 'a', new Error('away'), 0);
  expect(one.lines.map(({ msg }) => msg)).toEqual(['a', 'b']);
  expect(other.lines).toHaveLength(1);
});

test('neither a statement nor its values are told', () => {
  const { lines, log } = openLog();
  const failure = new DrizzleQueryError('insert into user values ($1)', ['hunter2'], new Error('connection refused'));
  logFailure(log, 'a', failure, 0);
  expect(lines).toMatchObject([{ err: { message: 'connection refused' } }]);
  expect(JSON.stringify(lines)).not.toMatch(/hunter2|insert into/);
});

test('3,300 refusals of strangers are a line a minute for each reason, with how many there were', () => {
  const { lines, log } = openLog();
  for (let i = 0; i < 3300; i++)
    logRefusal(log, 'agent refused', { reason: i % 3 ? 'unknown_serial' : 'expired' }, i * 20);
  expect(lines).toMatchObject([
    { level: 40, msg: 'agent refused', reason: 'expired' },
    { level: 40, msg: 'agent refused', reason: 'unknown_serial' },
    { reason: 'expired', alsoFailed: 999 },
    { reason: 'unknown_serial', alsoFailed: 1999 },
  ]);
});

test('a database that does not serve is one line, whatever asks it; what else goes wrong is a line each', () => {
  const { lines, log } = openLog();
  const lost = new DatabaseUnavailableError('lost', 'the folder was removed');
  for (const cause of [lost, new DrizzleQueryError('select 1', ['hunter2'], lost)]) {
    logProcedureError(log, { error: new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause }), path: 'hosts.list' });
    logOurFault(log, 'request failed', cause, {});
  }
  logOurFault(log, 'request failed', new Error('a mistake'), { requestId: ID });
  logOurFault(log, 'request failed', new Error('a mistake'), { requestId: ID });
  expect(lines.map(({ msg }) => msg)).toEqual(['the database does not serve', 'request failed', 'request failed']);
  expect(lines[0]).toMatchObject({ err: { message: 'the folder was removed' } });
});
