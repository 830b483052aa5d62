import { access } from 'node:fs/promises';
import type { Facts } from '../../protocol';
import { lines } from './parse-packages';
import { isAbsent, runCommand } from './run-command';

/** Of each service whether it starts with the machine, and whether it runs. */
interface Service {
  name: string;
  /** As the system calls it: `enabled`, `static`, … */
  start: string;
  /** Absent where it is not told. */
  state?: 'running' | 'stopped' | 'failed';
}

/** The services of this machine; null where none of the known ways of asking is there. */
export async function readServices(): Promise<Facts | null> {
  switch (process.platform) {
    case 'linux':
      if (await exists('/run/systemd/system')) return asFacts(await askSystemd());
      return (await exists('/sbin/rc-status')) ? asFacts(await askOpenRc()) : null;
    case 'openbsd':
      return asFacts(
        parseNames(
          ...(await Promise.all(['on', 'started', 'failed'].map((what) => runCommand('rcctl', ['ls', what])))),
        ),
      );
    case 'win32':
      return asFacts(parseScQuery(await runCommand('sc', ['query', 'type=', 'service', 'state=', 'all'])));
    case 'darwin':
      return asFacts(parseLaunchctl(await runCommand('launchctl', ['list'])));
    case 'freebsd':
    case 'netbsd':
      return asFacts(parseServiceE(await runCommand('service', ['-e'])));
    default:
      return null;
  }
}

const PLAIN = ['--type=service', '--all', '--plain', '--no-legend', '--no-pager'] as const;

async function askSystemd(): Promise<Service[]> {
  const [files, units] = await Promise.all([
    runCommand('systemctl', ['list-unit-files', ...PLAIN]),
    runCommand('systemctl', ['list-units', ...PLAIN]),
  ]);
  return parseSystemd(files, units);
}

async function askOpenRc(): Promise<Service[]> {
  const [enabled, states] = await Promise.all([
    runCommand('rc-update', ['show']),
    runCommand('rc-status', ['--all', '--format', 'ini']),
  ]);
  return parseOpenRc(enabled, states);
}

/**
 * `systemctl list-unit-files` and `list-units`. What runs for a moment, as timers start it, is `stopped` between and
 * meanwhile: it would else change at every look.
 */
export function parseSystemd(files: string, units: string): Service[] {
  const services = new Map<string, Service>();
  for (const line of lines(files)) {
    const [name, start = ''] = line.split(/\s+/);
    // Templates are no services.
    if (name && !name.includes('@.')) services.set(name, { name, start, state: 'stopped' });
  }
  for (const line of lines(units)) {
    const [name, load, active, sub] = line.split(/\s+/);
    if (!name || load === 'not-found') continue;
    const state = active === 'failed' ? 'failed' : sub === 'running' ? 'running' : 'stopped';
    services.set(name, { name, start: services.get(name)?.start ?? '', state });
  }
  return [...services.values()];
}

/** `rc-update show` (a service and its run levels) and `rc-status --all --format ini` (`name =  started`). */
export function parseOpenRc(enabled: string, states: string): Service[] {
  const levels = new Map(
    lines(enabled).map((line) => {
      const [name, level = ''] = line.split('|');
      return [name!.trim(), level.trim()];
    }),
  );
  return lines(states).flatMap((line) => {
    const [, name, state] = /^(\S+)\s*=\s*(\w+)/.exec(line) ?? [];
    if (!name) return [];
    const said = state === 'started' ? 'running' : state === 'crashed' ? 'failed' : 'stopped';
    return [{ name, start: levels.get(name) ?? '', state: said }];
  });
}

/** `rcctl ls on | started | failed`: a name on each line. */
export function parseNames(on = '', started = '', failed = ''): Service[] {
  const [enabled, running, broken] = [on, started, failed].map((text) => new Set(lines(text)));
  return [...new Set([...enabled!, ...running!, ...broken!])].map((name) => ({
    name,
    start: enabled!.has(name) ? 'enabled' : 'disabled',
    state: broken!.has(name) ? 'failed' : running!.has(name) ? 'running' : 'stopped',
  }));
}

/** `service -e`: the path of each service that starts with the machine. Whether it runs is not told. */
export const parseServiceE = (text: string): Service[] =>
  lines(text).map((path) => ({ name: path.slice(path.lastIndexOf('/') + 1), start: 'enabled' }));

/** `sc query type= service state= all`: a block of each service. */
export function parseScQuery(text: string): Service[] {
  return text.split(/\r?\n\r?\n/).flatMap((block) => {
    const name = /SERVICE_NAME: (.*?)\s*$/m.exec(block)?.[1];
    const state = /STATE\s+:\s+\d+\s+(\w+)/.exec(block)?.[1];
    return name ? [{ name, start: '', state: state === 'RUNNING' ? 'running' : 'stopped' }] : [];
  });
}

/** `launchctl list`: process id or `-`, the last exit status, and the label. */
export function parseLaunchctl(text: string): Service[] {
  return lines(text).flatMap((line) => {
    const [pid, , label] = line.split(/\s+/);
    if (!label || pid === 'PID') return [];
    return [{ name: label, start: '', state: pid === '-' ? 'stopped' : 'running' }];
  });
}

const asFacts = (services: readonly Service[]): Facts =>
  Object.fromEntries(services.map(({ name, start, state }) => [name, [state, start].filter(Boolean).join(', ')]));

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}
