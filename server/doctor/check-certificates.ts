import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadAuthority } from '../certificates/authority/authority';
import { readPassphrases } from '../certificates/authority/read-passphrases';
import { CertificateFileError, readCertificateFile } from '../certificates/certificate-file';
import { readLeaf } from '../certificates/der/read-leaf';
import { stageOf } from '../certificates/nearing-end';
import { readWebCertificate } from '../certificates/served/read-web-certificate';
import { type Config, ConfigError } from '../config';
import { about, type Finding } from './finding';
import { words } from '../../words/words';

const { good, warning, bad } = about('certificates');

const DAY_MS = 24 * 60 * 60 * 1000;

/** Whether the CA opens, whether the pages' certificate can be served, and how long each certificate lasts. */
export async function checkCertificates(config: Config, now = new Date()): Promise<Finding[]> {
  return [...(await checkAuthority(config, now)), ...(await checkWeb(config, now))];
}

async function checkAuthority(config: Config, now: Date): Promise<Finding[]> {
  const { path } = config.certificates;
  if (!existsSync(join(path, 'ca.key')) && !existsSync(join(path, 'ca.crt')))
    return [good(words('server.doctor.certificates.no_ca', { folder: path }))];
  try {
    const passphrases = await readPassphrases(config);
    const { signing } = await loadAuthority(path, { passphrases, isReader: true, now });
    const { days, on } = endOf(signing.notAfter, now);
    const left =
      days >= 0
        ? words('server.doctor.certificates.ca_lasts', { count: days, on })
        : words('server.doctor.certificates.ca_ended', { on });
    const stage = stageOf(readLeaf(signing.certificate.raw), now, { isAuthority: true });
    const authority = stage === 'good' ? good(left) : warning(left, words('server.doctor.certificates.ca_mend'));
    return [authority, await checkServed(path, signing.certificate, now)];
  } catch (error) {
    if (error instanceof CertificateFileError) return [bad(error.said, words('server.doctor.as_it_says'))];
    throw error;
  }
}

async function checkServed(folder: string, authority: X509Certificate, now: Date): Promise<Finding> {
  const path = join(folder, 'server.crt');
  const pem = await readCertificateFile(path);
  if (pem === undefined) return good(words('server.doctor.certificates.none_served'));
  const mend = words('server.doctor.certificates.agents_mend');
  const served = readIssued(pem, authority);
  if (!served) return warning(words('server.doctor.certificates.agents_foreign', { path }), mend);
  const { days, on } = endOf(readLeaf(served.raw).notAfter, now);
  if (days >= 0) return good(words('server.doctor.certificates.agents_last', { count: days, on }));
  return warning(words('server.doctor.certificates.agents_ended', { on }), mend);
}

/** The certificate, where it is one and of this CA. */
function readIssued(pem: string, authority: X509Certificate): X509Certificate | null {
  try {
    const certificate = new X509Certificate(pem);
    return certificate.verify(authority.publicKey) ? certificate : null;
  } catch {
    return null; // it is none at all
  }
}

async function checkWeb(config: Config, now: Date): Promise<Finding[]> {
  if (!config.tls.cert) return [good(words('server.doctor.certificates.no_pages'))];
  try {
    const { cert } = readWebCertificate(config)!;
    const leaf = readLeaf(new X509Certificate(cert).raw);
    const { days, on } = endOf(leaf.notAfter, now);
    if (days < 0) {
      const mend = words('server.doctor.certificates.pages_replace', { path: config.tls.cert });
      return [bad(words('server.doctor.certificates.pages_ended', { on }), mend)];
    }
    const left = words('server.doctor.certificates.pages_last', { count: days, on });
    if (stageOf(leaf, now) === 'good') return [good(left)];
    return [warning(left, words('server.doctor.certificates.pages_renew'))];
  } catch (error) {
    if (error instanceof ConfigError || error instanceof CertificateFileError)
      return [bad(error.said, words('server.doctor.certificates.pages_correct'))];
    throw error;
  }
}

/** How many whole days are left, less than none when it is over, and the day. */
const endOf = (notAfter: Date, now: Date) => ({
  days: Math.floor((notAfter.getTime() - now.getTime()) / DAY_MS),
  on: notAfter.toISOString().slice(0, 10),
});
