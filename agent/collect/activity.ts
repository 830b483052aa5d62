import { readdir, readFile } from 'node:fs/promises';

/** How busy the machine is with people and programs, and how hot; absent what it does not tell. */
interface Activity {
  processes?: number;
  loggedIn?: number;
  temperatureCelsius?: number;
}

export async function readActivity(): Promise<Activity> {
  if (process.platform !== 'linux') return {};
  const [processes, loggedIn, temperatureCelsius] = await Promise.all([
    readdir('/proc').then(countProcesses),
    countSessions(),
    readTemperature(),
  ]);
  return {
    ...(processes !== null && { processes }),
    ...(loggedIn !== null && { loggedIn }),
    ...(temperatureCelsius !== null && { temperatureCelsius }),
  };
}

/** Null where others' processes are hidden (`hidepid` of proc(5)): without the first there are more. */
export const countProcesses = (names: string[]): number | null =>
  names.includes('1') ? names.filter((name) => /^\d+$/.test(name)).length : null;

/** An entry of utmp(5) on Linux, and the type of one that is a session. */
const ENTRY_BYTES = 384;
const USER_PROCESS = 7;

/** From utmp, or from systemd-logind where there is none any more; null where neither is. */
async function countSessions(): Promise<number | null> {
  const utmp = await readIfThere('/run/utmp');
  if (utmp) return countUtmp(utmp);
  const folder = '/run/systemd/sessions';
  const names = await readdir(folder).catch(absent);
  if (!names) return null;
  // Beside each session lies a pipe by which its end is noticed: NAME.ref.
  const sessions = await Promise.all(
    names.filter((name) => !name.endsWith('.ref')).map((name) => readIfThere(`${folder}/${name}`)),
  );
  return sessions.filter((session) => session && isSessionOfUser(session.toString())).length;
}

export function countUtmp(utmp: Buffer): number {
  let sessions = 0;
  for (let at = 0; at + ENTRY_BYTES <= utmp.length; at += ENTRY_BYTES)
    if (utmp.readInt16LE(at) === USER_PROCESS) sessions++;
  return sessions;
}

/** Not the one that a user's services run in, and not one that waits for its last program to end. */
export const isSessionOfUser = (text: string) => /^CLASS=user(-early)?$/m.test(text) && !/^STATE=closing$/m.test(text);

/** Of the hottest zone (Linux, Documentation/ABI/testing/sysfs-class-thermal: thousandths of a degree); else null. */
async function readTemperature(): Promise<number | null> {
  const folder = '/sys/class/thermal';
  const zones = ((await readdir(folder).catch(absent)) ?? []).filter((name) => name.startsWith('thermal_zone'));
  // A zone whose sensor sleeps cannot be read.
  const texts = await Promise.all(zones.map((zone) => readFile(`${folder}/${zone}/temp`, 'utf8').catch(() => '')));
  return hottest(texts);
}

export function hottest(texts: string[]): number | null {
  const degrees = texts.filter((text) => /^-?\d+\s*$/.test(text)).map((text) => Number(text) / 1000);
  // Sensors that are not connected say 0, or the end of their range.
  const plausible = degrees.filter((degree) => degree > -60 && degree < 200 && degree !== 0);
  return plausible.length > 0 ? Math.max(...plausible) : null;
}

const readIfThere = (path: string) => readFile(path).catch(absent);

function absent(error: unknown): null {
  // EACCES: it is closed to us, and so it tells us nothing.
  if (['ENOENT', 'ENOTDIR', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
  throw error;
}
