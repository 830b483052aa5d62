import { readdir, readFile } from 'node:fs/promises';
import { release } from 'node:os';
import type { Facts } from '../../protocol';
import { lines } from './parse-packages';
import { isAbsent, runCommand } from './run-command';

const REBOOT_KEY = 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Auto Update\\RebootRequired';

/** Whether the machine must be started anew, and why. Null where the platform does not tell. */
export async function readReboot(): Promise<Facts | null> {
  switch (process.platform) {
    case 'linux':
      return readLinux({ mark: '/run/reboot-required', modules: '/lib/modules', kernel: release() });
    case 'freebsd': {
      const installed = (await runCommand('freebsd-version', ['-k'])).trim();
      return installed === release() ? { required: false } : { required: true, why: `kernel ${installed}` };
    }
    case 'win32':
      return runCommand('reg', ['query', REBOOT_KEY]).then(
        () => ({ required: true, why: 'Windows Update' }),
        // The key is there while it is required. `reg` answers 1 when it is not.
        (error: unknown) => {
          if ((error as { code?: unknown }).code === 1) return { required: false };
          throw error;
        },
      );
    default:
      return null;
  }
}

/**
 * Debian and Ubuntu leave a mark, and beside it the packages that asked for it. Elsewhere it is told by the kernel: when
 * the modules of the running one are gone, another was put in its place, and no module can be loaded until the next
 * start. A container has no modules, and is told nothing.
 */
export async function readLinux(at: { mark: string; modules: string; kernel: string }): Promise<Facts | null> {
  const marked = await readIfThere(at.mark);
  if (marked !== null) {
    const packages = lines((await readIfThere(`${at.mark}.pkgs`)) ?? '');
    return { required: true, why: [...new Set(packages)].sort().join(', ').slice(0, 1000) };
  }
  const kernels = await readdir(at.modules).catch((error: unknown): string[] => {
    if (isAbsent(error)) return [];
    throw error;
  });
  if (kernels.length === 0) return null;
  if (kernels.includes(at.kernel)) return { required: false };
  return { required: true, why: `kernel ${at.kernel} was replaced` };
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}
