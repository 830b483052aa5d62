import { afterEach, expect, it, vi } from 'vitest';
import { openIdentity } from './identity';
import { openPairs } from './pairs';
import { createRenewal } from './renewal';
import { openStateFolder } from './state/open-folder';
import { issueFor, keepingIn, makeAuthority, makeStateFolder, recordLog, signalOfTest } from './testing';

const HOUR = 3600;

afterEach(() => void vi.useRealTimers());

/** A renewal whose asks are recorded, by the seconds that had passed. The timers are the test's to wind. */
async function setUp(random: () => number, answer?: (csr: string) => Promise<{ certificate: string }>) {
  const authority = await makeAuthority();
  const folder = makeStateFolder();
  openStateFolder(folder);
  const { log, lines } = recordLog();
  const pairs = openPairs(folder, openIdentity(folder), [authority.pem], keepingIn(folder, log).keeper);
  const renewal = createRenewal({ pairs, fqdn: async () => 'a.test', log, random });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const started = performance.now();
  const asked: number[] = [];
  const ask = async (csr: string) => {
    asked.push(Math.round((performance.now() - started) / 1000));
    if (answer) return answer(csr);
    return { certificate: await issueFor(authority, csr, 'id') };
  };
  const wind = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000);
  const renewed = renewal.untilRenewed(ask, signalOfTest());
  return { renewal, asked, wind, renewed, lines };
}

it.each([
  [0, 60 * 24 * HOUR],
  [0.5, 63.75 * 24 * HOUR],
])('asks at its own moment of the window, however many weeks away (draw %d)', async (draw, expected) => {
  const { renewal, asked, wind, renewed } = await setUp(() => draw);
  renewal.told({ inSeconds: 60 * 24 * HOUR, withinSeconds: 7.5 * 24 * HOUR });
  await wind(expected - 1);
  expect(asked).toEqual([]);
  await wind(1);
  await renewed;
  expect(asked).toEqual([expected]);
  expect(renewal.isDone()).toBe(true);
});

it('draws once: a reconnect does not move the moment', async () => {
  let draws = 0;
  const { renewal, asked, wind, renewed } = await setUp(() => [0.5, 0][draws++] ?? 0);
  renewal.told({ inSeconds: 100, withinSeconds: 100 });
  await wind(10);
  renewal.told({ inSeconds: 90, withinSeconds: 100 });
  await wind(140);
  await renewed;
  expect(asked).toEqual([150]);
});

it('a server that says nothing of it is never asked', async () => {
  const { renewal, asked, wind } = await setUp(() => 0);
  renewal.told(undefined);
  await wind(400 * 24 * HOUR);
  expect(asked).toEqual([]);
});

it('is hastened, never delayed', async () => {
  const { renewal, asked, wind, renewed } = await setUp(() => 0.5);
  renewal.told({ inSeconds: 1000, withinSeconds: 0 });
  renewal.hasten(5000);
  renewal.hasten(20);
  renewal.hasten(600);
  await wind(10);
  await renewed;
  expect(asked).toEqual([10]);
});

it('draws once for a request, however often it is told of it', async () => {
  let draws = 0;
  const { renewal, asked, wind, renewed } = await setUp(() => [0.9, 0.5][draws++] ?? 0);
  renewal.hasten(100, 'the first');
  await wind(20);
  renewal.hasten(80, 'the first');
  await wind(29);
  expect(asked).toEqual([]);
  await wind(1);
  await renewed;
  expect(asked).toEqual([50]);
});

it('a refusal is followed by another attempt, at a slower pace each time', async () => {
  const { renewal, asked, wind, lines } = await setUp(
    () => 0.5,
    async () => Promise.reject(new Error('not now')),
  );
  renewal.told({ inSeconds: 0, withinSeconds: 0 });
  for (const [failed, pause] of [30, 60, 120].entries()) {
    await expect.poll(() => lines.length).toBe(failed + 1);
    await wind(pause);
  }
  await expect.poll(() => asked).toEqual([0, 30, 90, 210]);
  expect(lines[0]).toContain('the certificate was not renewed: not now; next try in 30.0 s');
});

it('a new request does not wait for what failed before, and one told again does', async () => {
  const { renewal, asked, wind, lines } = await setUp(
    () => 0.5,
    async () => Promise.reject(new Error('the disk is full')),
  );
  renewal.hasten(0, 'the first');
  await expect.poll(() => lines.length).toBe(1);
  await wind(5);
  renewal.hasten(0, 'the first');
  await wind(5);
  expect(asked).toEqual([0]);
  renewal.hasten(0, 'after the mend');
  await wind(0);
  await expect.poll(() => asked).toEqual([0, 10]);
});
