import { describe, expect, onTestFinished, test } from 'vitest';
import { createRefusals, PEOPLE, type Refused, STRANGERS } from './refusals';

/** A log that can be away, and what it was given. */
function startRefusals(rooms = STRANGERS) {
  const written: Refused[] = [];
  const log = { refuses: (_refused: Refused) => false };
  const refusals = createRefusals(
    rooms,
    async (refused) => {
      if (log.refuses(refused)) throw new Error('the database is away');
      written.push(refused);
    },
    () => undefined,
  );
  onTestFinished(async () => {
    log.refuses = () => false;
    await refusals.stop();
  });
  const told = () => written.map(({ entry, address }) => [entry.actor.label, address, (entry.after as { repeated: number } | undefined)?.repeated ?? 'first']);
  /** How many attempts the records tell of. */
  const attempts = () => written.reduce((sum, { entry }) => sum + ((entry.after as { repeated: number } | undefined)?.repeated ?? 1), 0);
  return { refusals, log, written, told, attempts };
}

const attempt = (label: string, address = label): Refused => ({
  entry: { action: 'user.signIn', outcome: 'refused', code: 'auth.credentials', actor: { kind: 'person', id: null, label } },
  address,
});

test('a first one that could not be written is written later, with its own time, and its repetitions after it', async () => {
  const { refusals, log, written, told } = startRefusals();
  log.refuses = () => true;
  await expect(refusals.note(attempt('ann'))).rejects.toThrow('away');
  await refusals.note(attempt('ann'));
  const noted = new Date();
  await expect(refusals.flush()).rejects.toThrow('away');
  log.refuses = () => false;
  await refusals.flush();
  expect(told()).toEqual([['ann', 'ann', 'first'], ['ann', 'ann', 1]]);
  expect(written[0]!.entry.at!.getTime()).toBeLessThanOrEqual(noted.getTime());
  expect(written[1]!.entry.at).toBeUndefined();
  await refusals.flush();
  expect(written).toHaveLength(2);
});

test('one that fails does not take the others with it, and stays until it is written', async () => {
  const { refusals, log, told } = startRefusals();
  for (const label of ['ann', 'bob', 'eve']) for (let i = 0; i < 3; i++) await refusals.note(attempt(label));
  log.refuses = ({ entry }) => entry.actor.label === 'ann';
  await expect(refusals.flush()).rejects.toThrow('away');
  expect(told().slice(3)).toEqual([['bob', 'bob', 2], ['eve', 'eve', 2]]);
  log.refuses = () => false;
  await refusals.flush();
  expect(told().slice(5)).toEqual([['ann', 'ann', 2]]);
});

test('what comes while counts are written is neither lost nor counted twice', async () => {
  const { refusals, log, told } = startRefusals();
  await refusals.note(attempt('ann'));
  await refusals.note(attempt('ann'));
  let late: Promise<void> | undefined;
  log.refuses = () => {
    late ??= refusals.note(attempt('ann'));
    return false;
  };
  await Promise.all([refusals.flush(), refusals.flush()]);
  await late;
  await refusals.flush();
  expect(told().map(([, , repeated]) => repeated)).toEqual(['first', 1, 1]);
});

test('while the log is away, what is remembered stays within its bounds, and how often it happened is right', async () => {
  const { refusals, log, written, attempts } = startRefusals();
  log.refuses = () => true;
  for (let window = 0; window < 3; window++) {
    for (let i = 0; i < 500; i++) await refusals.note(attempt(`${window}-${i}`)).catch(() => undefined);
    await expect(refusals.flush()).rejects.toThrow('away');
  }
  log.refuses = () => false;
  await refusals.flush();
  expect(written).toHaveLength(101);
  expect(attempts()).toBe(1500);
});

test('one address does not take the room of the others', async () => {
  const { refusals, told } = startRefusals();
  for (let i = 0; i < 500; i++) await refusals.note(attempt(`name-${i}`, '192.0.2.1'));
  await refusals.note(attempt('ann', '192.0.2.2'));
  await refusals.flush();
  expect(told().filter(([, address]) => address === '192.0.2.1')).toHaveLength(25);
  expect(told()).toContainEqual(['ann', '192.0.2.2', 'first']);
  expect(told()).toContainEqual([null, undefined, 475]);
});

test('nor does one network, however many addresses it has', async () => {
  const { refusals, written, told } = startRefusals();
  for (let i = 0; i < 500; i++) await refusals.note(attempt(`name-${i}`, `2001:db8:0:1::${i.toString(16)}`));
  await refusals.note(attempt('ann', '2001:db8:0:2::1'));
  expect(written).toHaveLength(26);
  expect(told()).toContainEqual(['ann', '2001:db8:0:2::1', 'first']);
});

test('whatever strangers try, there are 301 records a window, and every attempt is in one', async () => {
  const { refusals, written, attempts } = startRefusals();
  const count = 1000;
  for (let i = 0; i < count; i++) {
    const { entry } = attempt(`name-${i}`);
    for (let n = 0; n < 2; n++) await refusals.note({ entry: { ...entry, action: `test.act${i}` }, address: `192.0.2.${i % 250}` });
  }
  await refusals.flush();
  expect(written).toHaveLength(301);
  expect(attempts()).toBe(2 * count);
  expect(written).toContainEqual({ entry: expect.objectContaining({ action: 'attempt.other', after: { repeated: 2 * (count - 200) } }) });
});

describe('who is signed in', () => {
  const address = '192.0.2.1';
  const by = (email: string, n: number, from: Partial<Refused> & { action?: Refused['entry']['action'] } = {}): Refused => ({
    entry: {
      action: from.action ?? 'host.revoke',
      outcome: 'refused',
      code: 'auth.forbidden',
      actor: { kind: 'person', id: `id of ${email}`, label: email },
      object: { kind: 'host', id: `host-${n}`, label: null },
    },
    address,
    user: { id: `id of ${email}`, email },
    ...from,
  });

  test('has a room of their own: nobody takes it, be it from the same address', async () => {
    const { refusals, written } = startRefusals(PEOPLE);
    for (const noisy of ['eve', 'mallory', 'trent', 'victor', 'walter']) for (let n = 0; n < 40; n++) await refusals.note(by(noisy, n));
    const before = written.length;
    await refusals.note(by('ann', 1));
    expect(written.slice(before)).toMatchObject([{ entry: { action: 'host.revoke', actor: { label: 'ann' }, object: { id: 'host-1' } }, address }]);
  });

  test('is named past it too, at once, with from where and what was tried; only on what is left out', async () => {
    const { refusals, written } = startRefusals(PEOPLE);
    for (let n = 0; n < 25; n++) await refusals.note(by('eve', n));
    await refusals.note(by('eve', 99, { action: 'user.delete', address: '198.51.100.9' }));
    const sum = { entry: { action: 'user.delete', code: 'auth.forbidden', actor: { label: 'eve' }, object: undefined }, address: '198.51.100.9' };
    expect(written.slice(25)).toMatchObject([sum]);
    for (let n = 100; n < 103; n++) await refusals.note(by('eve', n, { action: 'user.delete', address: '198.51.100.9' }));
    expect(written).toHaveLength(26);
    await refusals.flush();
    expect(written.slice(26)).toMatchObject([{ ...sum, entry: { ...sum.entry, after: { repeated: 3 } } }]);
  });

  test('comes to 102 records a window, whatever they try, from wherever and with however many keys; every attempt is in one', async () => {
    const { refusals, written, attempts } = startRefusals(PEOPLE);
    const user = { id: 'id of eve', email: 'eve' };
    for (let n = 0; n < 500; n++) {
      const { entry } = by('eve', n);
      const actor = { kind: 'apiKey', id: `key-${n}`, label: `eve (${n})` } as const;
      for (let i = 0; i < 2; i++) await refusals.note({ user, entry: { ...entry, actor }, address: `192.0.2.${n % 250}` });
    }
    await refusals.note(by('ann', 1));
    await refusals.flush();
    expect(written.filter((refused) => refused.user?.email === 'eve')).toHaveLength(102);
    expect(attempts()).toBe(1001);
    expect(written).toContainEqual(expect.objectContaining({ entry: expect.objectContaining({ action: 'attempt.other', actor: { kind: 'person', id: 'id of eve', label: 'eve' }, after: { repeated: 899 } }) }));
  });
});
