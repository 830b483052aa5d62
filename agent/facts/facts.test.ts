import { expect, test } from 'vitest';
import type { Facts, FactSection } from '../protocol';
import { facts as wireFacts, MAX_FACTS_BYTES, MOST_FACTS } from '../protocol';
import type { Log } from '../process/log';
import { createFactBook, fitFacts, readersOf } from './facts';

const nothing = {
  system: nul,
  hardware: nul,
  network: nul,
  storage: nul,
  users: nul,
  packages: nul,
  services: nul,
  reboot: nul,
};
function nul(): Promise<Facts | null> {
  return Promise.resolve(null);
}

function log() {
  const warned: string[] = [];
  return {
    warned,
    log: { info() {}, debug() {}, error() {}, warn: (text: string) => warned.push(text) } as unknown as Log,
  };
}

test('a section that cannot be read stays as it was, is logged once, and the others are read', async () => {
  const { warned, log: quiet } = log();
  let isBroken = false;
  const packages = async () => {
    if (isBroken) throw new Error('the database is locked');
    return { bash: '5' };
  };
  let kernel = '1';
  const book = createFactBook({ ...nothing, packages, system: async () => ({ kernel }) }, quiet);
  expect(book.digest()).toBeUndefined();
  await book.look();
  const first = book.digest();
  isBroken = true;
  await book.look();
  await book.look();
  expect(book.digest()).toBe(first);
  expect(warned).toEqual(['packages: the facts cannot be read: the database is locked']);
  kernel = '2';
  await book.look();
  expect(book.digest()).not.toBe(first);
  expect(JSON.parse(book.section('packages')!.json)).toEqual({ bash: '5' });
});

test('what does not fit is left out, and how much that is stands with it', () => {
  const many = Object.fromEntries(Array.from({ length: MOST_FACTS + 5 }, (_, n) => [`p${n}`, '1']));
  const fitted = fitFacts(many);
  expect(Object.keys(fitted)).toHaveLength(MOST_FACTS);
  expect(fitted['(left out)']).toBe(6);
  const large = fitFacts(Object.fromEntries(Array.from({ length: 2000 }, (_, n) => [`p${n}`, 'x'.repeat(2000)])));
  expect(JSON.stringify(large).length).toBeLessThan(MAX_FACTS_BYTES / 4 + 1000);
  expect(wireFacts.safeParse(large).success).toBe(true);
  expect(fitFacts({ 'a\0b': 'c\ud800', nan: NaN })).toEqual({ 'a b': 'c�' });
});

test('this machine tells what the wire takes, and the same twice', async () => {
  const { warned, log: quiet } = log();
  const machine = {
    ...{
      agentVersion: '1',
      fqdn: 'a',
      platform: 'linux' as const,
      osName: '',
      osVersion: '',
      kernel: '',
      architecture: '',
    },
    ...{ addresses: [], bootedAt: '2026-01-01T00:00:00.000Z' },
    hardware: { manufacturer: '', model: '', virtualisation: '', cpuModel: '', cpuCores: 1, memoryBytes: 1 },
  };
  const book = createFactBook(
    readersOf(async () => machine),
    quiet,
  );
  await book.look();
  const hashes = book.hashes();
  for (const name of Object.keys(hashes) as FactSection[])
    expect(wireFacts.safeParse(JSON.parse(book.section(name)!.json)).success, name).toBe(true);
  expect(Object.keys(hashes)).toEqual(expect.arrayContaining(['system', 'hardware', 'network', 'storage']));
  expect(warned).toEqual([]);
});

test('what is switched off is neither read nor told, and no more is told than is wanted', async () => {
  const read: string[] = [];
  const collectors = { off: ['packages' as FactSection], most_facts: 10 };
  const book = createFactBook(
    {
      ...nothing,
      packages: async () => (read.push('packages'), { bash: '5' }),
      services: async () => Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`s${n}`, 'running'])),
    },
    log().log,
    () => collectors,
  );
  await book.look();
  expect(read).toEqual([]);
  expect(Object.keys(book.hashes())).toEqual(['services']);
  expect(Object.keys(JSON.parse(book.section('services')!.json) as object)).toHaveLength(10);
  collectors.off = ['services'];
  await book.look();
  expect(Object.keys(book.hashes())).toEqual(['packages']);
});
