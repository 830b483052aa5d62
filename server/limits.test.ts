import { expect, test } from 'vitest';
import { loadConfig } from './config';
import type { AppError } from './errors';
import { createLimits, networkOf } from './limits';

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:0DB8:0001::ffff', '2001:db8:1:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
  ['', ''],
])('%j counts as %j', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test('a limit that is used up names the whole seconds until it is not, and gives back what it is told to', async () => {
  const { registrationsFrom: limit } = createLimits(
    loadConfig([], { SYSMANAGE_ENROLMENT_REGISTRATIONS_PER_ADDRESS: '2' }),
  );
  await limit.take('192.0.2.1');
  await limit.take('192.0.2.1');
  const refusal = await limit.take('192.0.2.1').catch((error: unknown) => error);
  expect(refusal).toMatchObject({ appCode: 'agent.too_many_registrations', code: 'TOO_MANY_REQUESTS' });
  const { retryAfterSeconds } = refusal as AppError;
  expect(retryAfterSeconds).toBeGreaterThan(0);
  expect(retryAfterSeconds).toBeLessThanOrEqual(60);
  expect(Number.isInteger(retryAfterSeconds)).toBe(true);

  await limit.take('192.0.2.2');
  await limit.giveBack('192.0.2.1', 2);
  await limit.take('192.0.2.1');
});

test('what is given back by many at once, or more often than it was taken, is no credit', async () => {
  const { registrationsFrom: limit } = createLimits(
    loadConfig([], { SYSMANAGE_ENROLMENT_REGISTRATIONS_PER_ADDRESS: '2' }),
  );
  await limit.take('192.0.2.1');
  await Promise.all(Array.from({ length: 5 }, () => limit.giveBack('192.0.2.1')));
  await limit.take('192.0.2.1');
  await limit.take('192.0.2.1');
  await expect(limit.take('192.0.2.1')).rejects.toMatchObject({ appCode: 'agent.too_many_registrations' });
});
