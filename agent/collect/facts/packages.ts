import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Facts } from '../../protocol';
import {
  type Package,
  parseApkInstalled,
  parseDpkgStatus,
  parsePackageFolders,
  parsePacmanFolders,
  parseTabbed,
  parseUninstallKeys,
  RPM_FORMAT,
} from './parse-packages';
import { isAbsent, runCommand } from './run-command';

/** A package manager, as its list can be had without asking it, if that is possible. */
interface Source {
  /** What changes when a package does; it costs nothing to look at. */
  watched: string;
  /** It is a folder, and an upgrade changes what is in it alone. */
  isWatchedWithin?: boolean;
  read: () => Promise<Package[]>;
}

const UNINSTALL = 'SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall';
/** Debian's names of what Node calls otherwise. */
const DPKG_ARCHITECTURES: Record<string, string> = { x64: 'amd64', ia32: 'i386', arm: 'armhf', ppc64: 'ppc64el' };

const SOURCES: Partial<Record<NodeJS.Platform, Source[]>> = {
  linux: [
    {
      watched: '/var/lib/dpkg/status',
      read: async () =>
        parseDpkgStatus(
          await readFile('/var/lib/dpkg/status', 'utf8'),
          DPKG_ARCHITECTURES[process.arch] ?? process.arch,
        ),
    },
    ...['/var/lib/rpm', '/usr/lib/sysimage/rpm'].map((watched) => ({
      watched,
      // SQLite, Berkeley DB or a format of its own: files whose names stay.
      isWatchedWithin: true,
      read: async () => parseTabbed(await runCommand('rpm', ['-qa', '--qf', RPM_FORMAT])),
    })),
    {
      watched: '/lib/apk/db/installed',
      read: async () => parseApkInstalled(await readFile('/lib/apk/db/installed', 'utf8')),
    },
    { watched: '/var/lib/pacman/local', read: async () => parsePacmanFolders(await readdir('/var/lib/pacman/local')) },
  ],
  freebsd: [
    {
      watched: '/var/db/pkg/local.sqlite',
      read: async () => parseTabbed(await runCommand('pkg', ['query', '%n\t%v'])),
    },
  ],
  openbsd: [{ watched: '/var/db/pkg', read: async () => parsePackageFolders(await readdir('/var/db/pkg')) }],
  netbsd: [{ watched: '/usr/pkg/pkgdb', read: async () => parsePackageFolders(await readdir('/usr/pkg/pkgdb')) }],
  darwin: ['/opt/homebrew', '/usr/local'].map((prefix) => ({
    watched: `${prefix}/Cellar`,
    // Each formula has a folder, and in it one a version.
    isWatchedWithin: true,
    // `brew` refuses to be run by root, as which the agent runs.
    read: () => listVersionFolders(`${prefix}/Cellar`),
  })),
  win32: [
    {
      // The registry has no time of change that a program could look at.
      watched: '',
      read: async () => {
        const roots = [`HKLM\\${UNINSTALL}`, `HKLM\\${UNINSTALL.replace('SOFTWARE', 'SOFTWARE\\WOW6432Node')}`];
        const texts = await Promise.all(roots.map((root) => runCommand('reg', ['query', root, '/s'])));
        return texts.flatMap(parseUninstallKeys);
      },
    },
  ],
};

/**
 * Reads what is installed, by name, with the version; several versions of one name are joined by a comma. The same
 * answer again while nothing has changed on the disk. Null where no package manager is known.
 */
export function createPackageReader(sources = SOURCES[process.platform] ?? []): () => Promise<Facts | null> {
  let last: { seen: string; packages: Facts } | undefined;
  return async () => {
    const there = (await Promise.all(sources.map(withTime))).filter((source) => source !== null);
    if (there.length === 0) return null;
    const seen = there.map(({ changed }) => changed).join(' ');
    if (last?.seen === seen && seen.trim() !== '') return last.packages;
    const packages = byName((await Promise.all(there.map(({ read }) => read()))).flat());
    last = { seen, packages };
    return packages;
  };
}

async function withTime(source: Source): Promise<(Source & { changed: string }) | null> {
  if (source.watched === '') return { ...source, changed: '' };
  const seen = await look(source.watched);
  if (seen === null) return null;
  const names = source.isWatchedWithin ? (await readdir(source.watched)).sort() : [];
  // One that is gone since it was listed is seen to be.
  const within = await Promise.all(names.map(async (name) => `${name}=${await look(join(source.watched, name))}`));
  return { ...source, changed: [seen, ...within].join(' ') };
}

/** What Homebrew has built: a folder each, and in it one a version. */
export async function listVersionFolders(folder: string): Promise<Package[]> {
  const entries = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const versions = await Promise.all(entries.map(({ name }) => readdir(join(folder, name))));
  return entries.flatMap(({ name }, i) =>
    versions[i]!.filter((version) => !version.startsWith('.')).map((version) => [name, version] as const),
  );
}

/** Null of what is not there. */
async function look(path: string): Promise<string | null> {
  try {
    const { mtimeMs, size, ino } = await stat(path);
    return `${mtimeMs}/${size}/${ino}`;
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

function byName(packages: readonly Package[]): Facts {
  const versions = new Map<string, Set<string>>();
  for (const [name, version] of packages) versions.set(name, (versions.get(name) ?? new Set()).add(version));
  return Object.fromEntries([...versions].map(([name, all]) => [name, [...all].sort().join(', ')]));
}
