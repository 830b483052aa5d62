import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeEach, expect, test } from 'vitest';
import { makeKeys } from '../../certificates/testing';
import { createContext } from '../../context';
import { administratorOf, registrationOf, strangerOf, testServices } from '../../testing';
import { awaitDecision } from './await-decision';
import { proofOf } from '../testing';

let services: Awaited<ReturnType<typeof testServices>>;
let enrolmentId: string;
let question: Parameters<typeof awaitDecision>[1];
/** What the waiting listen to, and how many do. */
let listening: number;

beforeEach(async () => {
  const made = await testServices();
  listening = 0;
  const listen: typeof made.events.listen = (name, key, listener) => {
    const stop = made.events.listen(name, key, listener);
    listening++;
    return () => void (listening--, stop());
  };
  services = { ...made, events: { ...made.events, listen } };
  const keys = await makeKeys();
  const enrolment = await strangerOf(services).agents.register(await registrationOf('web-01.example.com', keys));
  enrolmentId = enrolment.enrolmentId;
  question = { ...(await proofOf(keys, enrolment)), known: 'pending' };
});

const ask = (signal?: AbortSignal, patienceMs?: number) =>
  awaitDecision(createContext(services, 'api', new IncomingMessage(new Socket())), question, signal, patienceMs);

test('nobody decides: it answers with what it is when its patience ends', async () => {
  // The timer was garbage to Node 20 once, and agents were never answered.
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const collecting = setInterval(collect, 10);
  const start = performance.now();
  expect(await ask(new AbortController().signal, 300)).toEqual({ status: 'pending' });
  expect(performance.now() - start).toBeGreaterThan(290);
  clearInterval(collecting);
  expect(listening).toBe(0);
});

test('the agent hangs up: it ends at once and listens no longer', async () => {
  const request = new AbortController();
  const answer = ask(request.signal);
  expect(listening).toBe(2);
  request.abort();
  expect(await answer).toEqual({ status: 'pending' });
  expect(listening).toBe(0);
  expect(await ask(request.signal)).toEqual({ status: 'pending' });
});

test('a decision for another host wakes nobody', async () => {
  const admin = await administratorOf(services);
  const other = await strangerOf(services).agents.register(await registrationOf('web-02.example.com'));
  const answer = ask();
  await admin.hosts.approve({ hostId: other.enrolmentId });
  await admin.hosts.reject({ hostId: enrolmentId });
  expect(await answer).toEqual({ status: 'rejected' });
});

test('what was decided before the question is answered at once', async () => {
  await (await administratorOf(services)).hosts.reject({ hostId: enrolmentId });
  expect(await ask()).toEqual({ status: 'rejected' });
});

test('a decision that is taken back within one breath leaves the agent waiting for the next', async () => {
  const admin = await administratorOf(services);
  question = { ...question, known: 'rejected' };
  await admin.hosts.reject({ hostId: enrolmentId });
  const answer = ask();
  services.events.emit('host.approval_changed', { hostId: enrolmentId, from: 'pending', to: 'pending' });
  services.events.emit('host.approval_changed', { hostId: enrolmentId, from: 'pending', to: 'pending' });
  await admin.hosts.approve({ hostId: enrolmentId });
  expect(await answer).toEqual({ status: 'approved' });
  expect(listening).toBe(0);
});
