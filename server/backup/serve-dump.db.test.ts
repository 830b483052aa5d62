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

test.skipIf(process.platform !== 'linux')(
  'a dump waits for its reader in a file without a name, and whoever leaves keeps none',
  PATIENCE,
  async () => {
    const database = await testDatabase();
    onTestFinished(database.close);
    // More than a socket takes by itself.
    const passwordHash = randomBytes(2 ** 20).toString('hex');
    await database.db.insert(users).values({ email: 'x@example.com', role: 'viewer', name: '', passwordHash });
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
    for (const source of [asked, next]) {
      const kinds = new Set<string>();
      for await (const part of readParts<Dumped>(source)) kinds.add(part.kind);
      expect([...kinds]).toEqual(expect.arrayContaining(['schema', 'rows', 'end']));
    }
    await expect.poll(() => openIn(folder)).toEqual([]);
  },
);
