/** Name and version of what is installed. One that is installed in several versions comes several times. */
export type Package = readonly [name: string, version: string];

/** dpkg's `status` file (deb-control(5)): paragraphs; those of another architecture than the machine's are named so. */
export function parseDpkgStatus(text: string, architecture: string): Package[] {
  return text.split(/\n\n+/).flatMap((paragraph) => {
    const field = (name: string) => fieldOf(paragraph, name);
    const [name, version, of] = [field('Package'), field('Version'), field('Architecture')];
    // `want flag status`: what was removed and left its settings behind is not installed.
    if (!name || !version || !field('Status')?.endsWith(' installed')) return [];
    return [[of === architecture || of === 'all' || !of ? name : `${name}:${of}`, version]];
  });
}

/** The text behind a name at the beginning of a line. Not by a pattern: there are thousands of paragraphs. */
function fieldOf(paragraph: string, name: string): string | undefined {
  const at = paragraph.startsWith(`${name}: `) ? 0 : paragraph.indexOf(`\n${name}: `) + 1;
  if (at === 0 && !paragraph.startsWith(`${name}: `)) return undefined;
  const end = paragraph.indexOf('\n', at);
  return paragraph.slice(at + name.length + 2, end < 0 ? undefined : end).trim();
}

/** Of `rpm -qa --qf RPM_FORMAT`. */
export const RPM_FORMAT = '%{NAME}\\t%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\\n';

/** Lines of a name, a tab and a version: `rpm -qa --qf`, `pkg query`. Keys of signatures are no packages. */
export function parseTabbed(text: string): Package[] {
  return lines(text).flatMap((line) => {
    const [name, version] = line.split('\t');
    return name && version && name !== 'gpg-pubkey' ? [[name, version] as const] : [];
  });
}

/** `/lib/apk/db/installed`: paragraphs of lines with a letter each (apk's package database, version 2). */
export function parseApkInstalled(text: string): Package[] {
  return text.split(/\n\n+/).flatMap((paragraph) => {
    const [name, version] = ['P', 'V'].map((letter) => new RegExp(`^${letter}:(.*)$`, 'm').exec(paragraph)?.[1]);
    return name && version ? [[name, version] as const] : [];
  });
}

/** Folders of `/var/lib/pacman/local`: name, version and release, joined by hyphens. The name may have hyphens too. */
export const parsePacmanFolders = (names: readonly string[]): Package[] =>
  names.flatMap((name) => {
    const parts = /^(.+)-([^-]+-[^-]+)$/.exec(name);
    return parts ? [[parts[1]!, parts[2]!] as const] : [];
  });

/** Folders of `/var/db/pkg` on OpenBSD and NetBSD: the version begins with the first digit after a hyphen. */
export const parsePackageFolders = (names: readonly string[]): Package[] =>
  names.flatMap((name) => {
    const parts = /^(.+?)-(\d.*)$/.exec(name);
    return parts ? [[parts[1]!, parts[2]!] as const] : [];
  });

/** `reg query … /s` of the Uninstall keys: a line of each key, then its values, indented. */
export function parseUninstallKeys(text: string): Package[] {
  return text.split(/\r?\n(?=HKEY_)/).flatMap((key) => {
    const value = (name: string) => new RegExp(`^\\s+${name}\\s+REG_\\w+\\s+(.*?)\\s*$`, 'm').exec(key)?.[1];
    const name = value('DisplayName');
    // Parts and updates of programs are listed beside them.
    if (!name || value('SystemComponent') === '0x1' || value('ParentKeyName')) return [];
    return [[name, value('DisplayVersion') ?? ''] as const];
  });
}

export const lines = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
