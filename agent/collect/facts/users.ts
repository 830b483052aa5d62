import { readFile } from 'node:fs/promises';
import { lines } from './parse-packages';
import type { Facts } from '../../protocol';

/** Who has an account here. Null on Windows and macOS, which keep them elsewhere. */
export async function readUsers(): Promise<Facts | null> {
  if (process.platform === 'win32' || process.platform === 'darwin') return null;
  return parsePasswd(await readFile('/etc/passwd', 'utf8'));
}

/** passwd(5). Its password field is not read: on old systems it is one. */
export function parsePasswd(text: string): Facts {
  return Object.fromEntries<string | number>(
    lines(text)
      .filter((line) => !line.startsWith('#'))
      .flatMap((line): [string, string | number][] => {
        const [name, , uid, gid, , home, shell] = line.split(':');
        if (!name || !uid || !/^\d+$/.test(uid)) return [];
        return [
          [`${name}.uid`, Number(uid)],
          [`${name}.gid`, Number(gid)],
          [`${name}.home`, home ?? ''],
          [`${name}.shell`, shell ?? ''],
        ];
      }),
  );
}
