import { expect, it } from 'vitest';
import { countProcesses, countUtmp, hottest, isSessionOfUser } from './activity';

it('counts processes, and says nothing where those of others are hidden', () => {
  expect(countProcesses(['1', '2', '417', 'cpuinfo', 'self'])).toBe(3);
  expect(countProcesses(['417', 'cpuinfo', 'self'])).toBeNull();
});

it('counts sessions in utmp, not boots and terminals that wait for somebody', () => {
  const entry = (type: number) => {
    const bytes = Buffer.alloc(384);
    bytes.writeInt16LE(type);
    return bytes;
  };
  expect(countUtmp(Buffer.concat([2, 1, 7, 6, 7, 8].map(entry)))).toBe(2);
  expect(countUtmp(Buffer.concat([entry(7), Buffer.alloc(100, 7)])), 'half an entry is none').toBe(1);
  expect(countUtmp(Buffer.alloc(0))).toBe(0);
});

it('counts the sessions of people that systemd knows', () => {
  expect(isSessionOfUser('UID=1000\nUSER=ada\nACTIVE=1\nSTATE=active\nCLASS=user\n')).toBe(true);
  expect(isSessionOfUser('UID=1000\nSTATE=closing\nCLASS=user\n')).toBe(false);
  expect(isSessionOfUser('UID=1000\nSTATE=active\nCLASS=manager\n')).toBe(false);
});

it('is as hot as the hottest zone whose sensor makes sense', () => {
  expect(hottest(['45000\n', '61500\n', '0\n', '', '-273200\n', '255000\n'])).toBe(61.5);
  expect(hottest(['0\n', ''])).toBeNull();
  expect(hottest([])).toBeNull();
});
