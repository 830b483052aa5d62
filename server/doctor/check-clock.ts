import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { readLeaf } from '../certificates/der/read-leaf';
import type { Config } from '../config';
import { about, type Finding } from './finding';

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
  const set = 'set the clock, and have it kept: timedatectl set-ntp true';
  const apart = beside ? Math.abs(beside.theirs - beside.ours) : 0;
  if (apart > MOST_APART_MS)
    findings.push(bad(`it is ${Math.round(apart / SECOND_MS)} s apart from the database’s`, set));
  const made = madeAt(certificates.path);
  if (made && made > now) findings.push(bad(`it says ${now.toISOString()}, before the CA was made`, set));
  if ((await isSynchronised()) === false) findings.push(warning('nothing keeps it', 'timedatectl set-ntp true'));
  return findings.length > 0 ? findings : [good(`it says ${now.toISOString()}`)];
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
