import type { Acting } from '../processes/processes';
import type { Program } from '../processes/run-program';
import type { Command } from '../command-kinds';
import type { Exit } from '../machine';

type Stop = Extract<Command, { kind: 'reboot_system' | 'shutdown_system' }>;

/** The answer comes before the end, mostly; when it does not, the next start of the machine is the answer. */
export function stopMachine({ kind, delaySeconds = 0 }: Stop, { run }: Acting): Promise<Exit> {
  return run(shutdownProgram(process.platform, kind === 'reboot_system', delaySeconds));
}

/** shutdown(8), whose delay is in minutes, and Windows' of the same name. */
function shutdownProgram(platform: NodeJS.Platform, isReboot: boolean, delaySeconds: number): Program {
  if (platform === 'win32') {
    return { file: 'shutdown', args: [isReboot ? '/r' : '/s', '/t', String(delaySeconds)] };
  }
  // `-h` of the BSDs halts and leaves the power on.
  const off = platform === 'linux' ? '-P' : platform === 'darwin' ? '-h' : '-p';
  const when = delaySeconds === 0 ? 'now' : `+${Math.ceil(delaySeconds / 60)}`;
  return { file: 'shutdown', args: [isReboot ? '-r' : off, when] };
}
