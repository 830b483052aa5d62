import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { becomeAnother } from './become-another';
import { openIdentity } from './identity';
import { lockIdentity } from './state/lock';
import { openStateFolder } from './state/open-folder';
import { makeStateFolder } from './testing';

const NOW = new Date('2026-11-23T22:59:07.123Z');

function folderWithIdentity() {
  const folder = makeStateFolder();
  openStateFolder(folder);
  const identity = openIdentity(folder);
  writeFileSync(join(folder, 'client.crt'), 'the certificate');
  return { folder, identity };
}

it('sets key and certificate aside, still private, and makes a key that the next start finds', async () => {
  const { folder, identity } = folderWithIdentity();
  const { identity: own, setAside } = await becomeAnother(folder, NOW);
  expect(setAside).toBe('split-20261123T225907Z');
  expect(own.privateKeyPem).not.toBe(identity.privateKeyPem);
  expect(openIdentity(folder).privateKeyPem).toBe(own.privateKeyPem);
  expect(readFileSync(join(folder, `client.key.${setAside}`), 'utf8')).toBe(identity.privateKeyPem);
  expect(readFileSync(join(folder, `client.crt.${setAside}`), 'utf8')).toBe('the certificate');
  expect(readdirSync(folder)).not.toContain('client.crt');
  if (process.platform !== 'win32') expect(statSync(join(folder, `client.key.${setAside}`)).mode & 0o777).toBe(0o600);
});

it('is locked under its new key from then on', async () => {
  const { folder } = folderWithIdentity();
  const { identity } = await becomeAnother(folder, NOW);
  await expect(lockIdentity(folder, identity.privateKeyPem)).rejects.toMatchObject({ exitCode: 75 });
});

it('changes nothing when the key cannot be moved, and names the folder', async () => {
  const { folder, identity } = folderWithIdentity();
  // A folder is in the way of the name.
  mkdirSync(join(folder, 'client.key.split-20261123T225907Z'));
  await expect(becomeAnother(folder, NOW)).rejects.toMatchObject({
    exitCode: 73,
    message: expect.stringContaining(folder),
  });
  expect(openIdentity(folder).privateKeyPem).toBe(identity.privateKeyPem);
  rmSync(join(folder, 'client.key.split-20261123T225907Z'), { recursive: true });
});
