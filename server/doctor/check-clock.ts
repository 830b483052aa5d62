import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { readLeaf } from '../certificates/der/read-leaf';
import type { Config } from '../config';
import { about, type Finding } from './finding';
import { words } from '../../words/words';

const { good, warning, bad } = about('clock');

const SECOND_MS = 1000;
/** Leases, locks and sessions are compared across machines. */
const MOST_APART_MS = 5 * SECOND_MS;

/**
 * Whether the clock can be right: beside the database's, after the CA was made, and kept by something.
 * @param beside the database's and ours at one moment, Unix ms; null where both are one
 */
export async function checkClock(
  { certificates }: Pick<Config, 'certificates'>,
  beside: { theirs: number; ours: number } | null,
  now = new Date(),
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const command = 'timedatectl set-ntp true';
  const set = words('server.doctor.clock.set', { command });
  const apart = beside ? Math.abs(beside.theirs - beside.ours) : 0;
  if (apart > MOST_APART_MS)
    findings.push(bad(words('server.doctor.clock.apart', { seconds: Math.round(apart / SECOND_MS) }), set));
  const made = madeAt(certificates.path);
  if (made && made > now) findings.push(bad(words('server.doctor.clock.before_ca', { now: now.toISOString() }), set));
  if ((await isSynchronised()) === false) findings.push(warning(words('server.doctor.clock.not_kept'), command));
  return findings.length > 0 ? findings : [good(words('server.doctor.clock.says', { now: now.toISOString() }))];
}

function madeAt(folder: string): Date | null {
  try {
    return readLeaf(new X509Certificate(readFileSync(join(folder, 'ca.crt'))).raw).notBefore;
  } catch {
    return null; // checkCertificates says what is wrong with it
  }
}

/** As systemd knows it; null where there is none to ask. */
function isSynchronised(): Promise<boolean | null> {
  return new Promise((resolve) => {
    execFile('timedatectl', ['show', '--property=NTPSynchronized', '--value'], (error, stdout) => {
      const said = stdout.trim();
      resolve(error || !['yes', 'no'].includes(said) ? null : said === 'yes');
    });
  });
}
