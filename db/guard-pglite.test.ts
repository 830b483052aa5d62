import { execFile } from 'node:child_process';
import { cp, mkdtemp, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { sql } from 'drizzle-orm';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { openDatabase } from './open-database';
import { troubleOf } from './errors';
import { mountSmallDisk } from './testing-small-disk';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sysmanage-guard-'));
  onTestFinished(() => rm(directory, { recursive: true }));
});

const troubleIn = (query: Promise<unknown>) => query.then(() => 'it was served', troubleOf);

test('a database whose folder is gone serves nothing more, also when another is put in its place', async () => {
  const { db, close } = await openDatabase({ directory });
  await db.execute(sql`create table kept as select 1 as it`);
  const folder = join(directory, 'pglite');
  await rename(folder, `${folder}.away`);
  const write = () => db.execute(sql`insert into kept values (2)`);
  expect(await troubleIn(write())).toBe('lost');
  expect(await troubleIn(db.transaction(() => write()))).toBe('lost');
  await cp(`${folder}.away`, folder, { recursive: true });
  expect(await troubleIn(write())).toBe('lost');
  // Closing would write into what is not its own.
  await close();
});

test('without room nothing is begun, and with room again it goes on', async ({ skip }) => {
  const disk = join(directory, 'disk');
  const unmount = mountSmallDisk(disk, 160);
  if (!unmount) return skip('a small disk of its own takes a mount, which this user may not');
  onTestFinished(unmount);
  const { db, close } = await openDatabase({ directory: disk });
  await fill(disk, 4);
  expect(await troubleIn(db.execute(sql`select 1`))).toBe('full');
  await rm(join(disk, 'fill'));
  expect((await db.execute(sql`select 1 as one`)).rows).toEqual([{ one: 1 }]);
  await fill(disk, 34);
  // This one finds the end of the disk itself.
  const large = sql`create table large as select repeat(md5(i::text), 30) from generate_series(1, 200000) i`;
  expect(await troubleIn(db.execute(large))).toBe('full');
  await rm(join(disk, 'fill'));
  await close();
  await fill(disk, 4);
  await expect(openDatabase({ directory: disk })).rejects.toThrow(/less than 32 MB left.*make room/);
});

test('where PostgreSQL cannot go on the process ends with its words, in the language of who reads them', async ({
  skip,
}) => {
  const disk = join(directory, 'disk');
  const unmount = mountSmallDisk(disk, 160);
  if (!unmount) return skip('a small disk of its own takes a mount, which this user may not');
  onTestFinished(unmount);
  await (await openDatabase({ directory: disk })).close();
  await fill(disk, 34);
  // More than there is room for, into the log alone.
  const script = `
    import { sql } from 'drizzle-orm';
    import { openConfigured } from './server/process/open-configured.ts';
    const { db } = await openConfigured({ data_dir: ${JSON.stringify(disk)} });
    const message = sql\`pg_logical_emit_message(true, 'x', repeat('x', 1000000))\`;
    await db.execute(sql\`select length(\${message}::text) from generate_series(1, 100)\`);`;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
  const ended = await promisify(execFile)(process.execPath, args, {
    cwd: dirname(import.meta.dirname),
    env: { ...process.env, LC_ALL: 'de_DE.UTF-8' },
  }).catch((error: unknown) => error);
  const words = /^sysmanage: Die eingebettete Datenbank in .* kann nicht weiterarbeiten: .*No space left on device\n$/;
  expect(ended).toMatchObject({ code: 69, stderr: expect.stringMatching(words) });
});

/** Leaves that many MB. */
async function fill(disk: string, left: number): Promise<void> {
  const { bavail, bsize } = await statfs(disk);
  await writeFile(join(disk, 'fill'), Buffer.alloc(bavail * bsize - left * 2 ** 20));
}
