import { readdir, readFile, stat } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
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
 * Debian and Ubuntu leave a mark, and beside it the packages that asked for it. Elsewhere it is told by the kernel:
 * when the modules of the running one are gone, another was put in its place, and no module can be loaded until the
 * next start; where kernels stand side by side, as on Fedora, a later one of the same kind waits for it. A container
 * has no modules, and is told nothing.
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
  if (!kernels.includes(at.kernel)) return { required: true, why: `kernel ${at.kernel} was replaced` };
  const later = kernels.filter((kernel) => kindOf(kernel) === kindOf(at.kernel) && isLater(kernel, at.kernel));
  // What others have built for a kernel outlives it; what lists its own modules goes with it.
  const whole = await Promise.all(later.map((kernel) => isThere(join(at.modules, kernel, 'modules.dep'))));
  const waiting = later.filter((_, i) => whole[i]).sort((a, b) => (isLater(a, b) ? -1 : 1))[0];
  return waiting ? { required: true, why: `kernel ${waiting}` } : { required: false };
}

/** `6.1.0-13-cloud-amd64` and `6.1.0-18-cloud-amd64` are of one; `6.9.1-arch1-1` and `6.6.30-1-lts` are not. */
const kindOf = (kernel: string) => (kernel.match(/[a-z]+/gi) ?? []).join(' ');

/**
 * By the numbers before the first letter, as `5.14.0-427.13.1.el9_4` is later than `5.14.0-427.el9`, then by the rest.
 */
function isLater(kernel: string, than: string): boolean {
  const [own, other] = [kernel, than].map((name) => {
    const start = /^[\d._-]*/.exec(name)![0];
    return [start, name.slice(start.length)].map((part) => (part.match(/\d+/g) ?? []).map(Number));
  });
  for (const [part, numbers] of own!.entries()) {
    const others = other![part]!;
    for (let i = 0; i < Math.max(numbers.length, others.length); i++) {
      const difference = (numbers[i] ?? -1) - (others[i] ?? -1);
      if (difference !== 0) return difference > 0;
    }
  }
  return false;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}
