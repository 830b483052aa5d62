import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface User {
  name: string;
  uid: number;
  gid: number;
  home: string;
  shell: string;
}

/** A user of this machine, whichever directory knows him. Throws when there is none of that name. */
export async function findUser(name: string): Promise<User> {
  const fields =
    process.platform === 'darwin'
      ? (await promisify(execFile)('id', ['-P', name])).stdout.trim().split(':')
      : (await promisify(execFile)('getent', ['passwd', name]).catch(() => ({ stdout: '' }))).stdout.trim().split(':');
  // passwd(5): name, password, user, group, comment, home, shell; macOS' `id -P` as master.passwd(5), with three more.
  const [found, , uid, gid] = fields;
  if (!found) throw new Error(`there is no user ${name}`);
  return { name: found, uid: Number(uid), gid: Number(gid), home: fields.at(-2)!, shell: fields.at(-1)! };
}
