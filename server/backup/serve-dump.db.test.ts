import { randomBytes } from 'node:crypto';
import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import type { Dumped } from '../../db/dump/dump-rows';
import { users } from '../../db/schema';
import { testDatabase } from '../../db/testing';
import { temporaryFolder } from '../certificates/testing';
import { readParts } from './archive';
import { askForDump, serveDump } from './serve-dump';

/** What this process has open in a folder. */
const openIn = (folder: string) =>
  readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const path = readlinkSync(join('/proc/self/fd', fd));
      return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : [];
    } catch {
      return []; // closed meanwhile
    }
  });

/** Embedded databases take seconds. */
const PATIENCE = { timeout: 60_000 };

/** A database of which a dump is more than a socket takes by itself. */
async function largeDatabase() {
  const database = await testDatabase();
  onTestFinished(database.close);
  const passwordHash = randomBytes(2 ** 20).toString('hex');
  await database.db.insert(users).values({ email: 'x@example.com', role: 'viewer', name: '', passwordHash });
  return database;
}

const kindsIn = async (source: AsyncIterable<Uint8Array>) => {
  const kinds = new Set<string>();
  for await (const part of readParts<Dumped>(source)) kinds.add(part.kind);
  return [...kinds];
};

test.skipIf(process.platform !== 'linux')(
  'a dump waits for its reader in a file without a name, and whoever leaves keeps none',
  PATIENCE,
  async () => {
    const database = await largeDatabase();
    const folder = await temporaryFolder();
    const dump = await serveDump(database, { directory: folder, log: pino({ enabled: false }) });
    onTestFinished(dump.stop);
    const asked = await askForDump(folder);
    await expect.poll(() => openIn(folder)).toEqual(['backup.unfinished (deleted)']);
    expect(readdirSync(folder)).toEqual(['backup.sock']);
    // The next one waits for its turn.
    const left = await askForDump(folder);
    const next = await askForDump(folder);
    (left as unknown as { destroy: () => void }).destroy();
    for (const source of [asked, next])
      expect(await kindsIn(source)).toEqual(expect.arrayContaining(['schema', 'rows', 'end']));
    await expect.poll(() => openIn(folder)).toEqual([]);
  },
);

test('whoever does not read is left, and the next one has its turn', PATIENCE, async () => {
  const folder = await temporaryFolder();
  const options = { directory: folder, log: pino({ enabled: false }), patienceMs: 200 };
  const dump = await serveDump(await largeDatabase(), options);
  onTestFinished(dump.stop);
  const stalled = await askForDump(folder);
  expect(await kindsIn(await askForDump(folder))).toContain('end');
  await expect(kindsIn(stalled)).rejects.toThrow('the backup is damaged');
});

test('a dump that would fill the disk is not made, and the log says why', PATIENCE, async () => {
  const folder = await temporaryFolder();
  const lines: string[] = [];
  const log = pino({}, { write: (line: string) => lines.push(line) });
  const dump = await serveDump(await largeDatabase(), { directory: folder, log, leftBytes: 2 ** 60 });
  onTestFinished(dump.stop);
  await expect(kindsIn(await askForDump(folder))).rejects.toThrow();
  expect(lines.join('')).toContain('a backup would leave less than');
});
