import { expect, test } from 'vitest';
import { enrolCommand } from './enrol-command';
import { readTokenForm, typedIn } from './read-token-form';

const formOf = (typed: Record<string, string>) => {
  const form = new FormData();
  for (const [name, value] of Object.entries(typed)) form.set(name, value);
  return readTokenForm(typedIn(form));
};

test('a form as people fill it in', () => {
  expect(
    formOf({
      name: 'Rack 7',
      servers: 'https://a.example.com:6443, b.example.com',
      expiresInHours: '24',
      maxUses: '10',
      tags: 'web eu,  prod،a、b，c',
      fleetId: 'f',
      autoApprove: 'on',
    }),
  ).toEqual({
    name: 'Rack 7',
    servers: ['https://a.example.com:6443', 'https://b.example.com'],
    expiresInHours: 24,
    maxUses: 10,
    tags: ['web', 'eu', 'prod', 'a', 'b', 'c'],
    fleetId: 'f',
    autoApprove: true,
  });
});

test('an empty number of machines is any number, and a box that is not ticked is not sent', () => {
  expect(formOf({ maxUses: ' ' })).toMatchObject({
    ...{ maxUses: null, autoApprove: false, tags: [], servers: [], fleetId: null },
  });
  expect(formOf({ maxUses: 'ten' }).maxUses).toBeNaN();
});

test('the token is no argument of a process', () => {
  for (const shell of ['posix', 'powershell'] as const)
    expect(enrolCommand(shell, 'sysmanage_x').split(' | ')[1]).not.toContain('sysmanage_x');
});
