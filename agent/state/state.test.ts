import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../process/exit-codes';
import { openIdentity } from '../identity';
import { makeStateFolder } from '../testing';
import { openStateFolder } from './open-folder';
import { createFile, MODE, replaceFile } from './write-file';

const modeOf = (path: string) => (lstatSync(path).mode & 0o777).toString(8);

describe.skipIf(process.platform === 'win32')('modes', () => {
  it('makes the folder 0700 and the key 0600, whatever the umask', () => {
    const before = process.umask(0);
    try {
      const folder = makeStateFolder();
      openStateFolder(folder);
      openIdentity(folder);
      expect(modeOf(folder)).toBe('700');
      expect(modeOf(join(folder, 'client.key'))).toBe('600');
    } finally {
      process.umask(before);
    }
  });

  it.each([0o755, 0o710, 0o701])('refuses a folder of mode %o and says how to mend it', (mode) => {
    const folder = makeStateFolder();
    mkdirSync(folder);
    chmodSync(folder, mode);
    expect(() => openStateFolder(folder)).toThrow(
      expect.objectContaining({ exitCode: EXIT.CONFIG, message: expect.stringContaining(`chmod 700 '${folder}'`) }),
    );
  });

  it.each([0o644, 0o640, 0o604])('refuses a key of mode %o', (mode) => {
    const folder = makeStateFolder();
    openStateFolder(folder);
    openIdentity(folder);
    chmodSync(join(folder, 'client.key'), mode);
    expect(() => openIdentity(folder)).toThrow(
      expect.objectContaining({ exitCode: EXIT.CONFIG, message: expect.stringContaining('chmod 600') }),
    );
  });

  it('refuses a key that is a link to elsewhere', () => {
    const folder = makeStateFolder();
    openStateFolder(folder);
    openIdentity(folder);
    const other = makeStateFolder();
    openStateFolder(other);
    symlinkSync(join(folder, 'client.key'), join(other, 'client.key'));
    expect(() => openIdentity(other)).toThrow(/not a plain file/);
  });
});

describe('openStateFolder', () => {
  it('refuses a path that is a file', () => {
    const folder = makeStateFolder();
    openStateFolder(folder);
    const path = join(folder, 'file');
    writeFileSync(path, '');
    expect(() => openStateFolder(path)).toThrow(expect.objectContaining({ exitCode: EXIT.STATE }));
    expect(() => openStateFolder(join(path, 'below'))).toThrow(expect.objectContaining({ exitCode: EXIT.STATE }));
  });
});

describe('replaceFile', () => {
  it('replaces a file whole, with the mode of a new one, and leaves nothing beside it', () => {
    const folder = makeStateFolder();
    openStateFolder(folder);
    const path = join(folder, 'file');
    replaceFile(path, 'old and longer', MODE.open);
    const inode = statSync(path).ino;
    replaceFile(path, 'new', MODE.key);
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(statSync(path).ino).not.toBe(inode);
    expect(readdirSync(folder)).toEqual(['file']);
    if (process.platform !== 'win32') expect(modeOf(path)).toBe('600');
  });

  it('leaves the old content and no litter when it cannot replace', () => {
    const folder = makeStateFolder();
    openStateFolder(folder);
    mkdirSync(join(folder, 'taken'));
    expect(() => replaceFile(join(folder, 'taken'), 'x', MODE.open)).toThrow();
    expect(readdirSync(folder)).toEqual(['taken']);
  });
});

describe('createFile', () => {
  it('never touches a file that is there', () => {
    const folder = makeStateFolder();
    openStateFolder(folder);
    const path = join(folder, 'file');
    expect(createFile(path, 'first', MODE.key)).toBe(true);
    expect(createFile(path, 'second', MODE.key)).toBe(false);
    expect(readFileSync(path, 'utf8')).toBe('first');
    expect(readdirSync(folder)).toEqual(['file']);
  });
});
