import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadAuthority } from '../certificates/authority/authority';
import { readPassphrases } from '../certificates/authority/read-passphrases';
import { CertificateFileError, readCertificateFile } from '../certificates/certificate-file';
import { readLeaf } from '../certificates/der/read-leaf';
import { stageOf } from '../certificates/nearing-end';
import { readWebCertificate } from '../certificates/read-web-certificate';
import { type Config, ConfigError } from '../config';
import { about, type Finding } from './finding';

const { good, warning, bad } = about('certificates');

const DAY_MS = 24 * 60 * 60 * 1000;

/** Whether the CA opens, whether the pages' certificate can be served, and how long each certificate lasts. */
export async function checkCertificates(config: Config, now = new Date()): Promise<Finding[]> {
  return [...(await checkAuthority(config, now)), ...(await checkWeb(config, now))];
}

async function checkAuthority(config: Config, now: Date): Promise<Finding[]> {
  const { path } = config.certificates;
  if (!existsSync(join(path, 'ca.key')) && !existsSync(join(path, 'ca.crt')))
    return [good(`there is no CA in ${path} yet: the first start makes one`)];
  try {
    const passphrases = await readPassphrases(config);
    const { signing } = await loadAuthority(path, { passphrases, mayMake: false, now });
    const left = describeEnd(signing.notAfter, now);
    const stage = stageOf(readLeaf(signing.certificate.raw), now, { isAuthority: true });
    const authority =
      stage === 'good'
        ? good(`the CA ${left}`)
        : warning(`the CA ${left}`, 'add the next one to ca.crt in time: docs/security.md');
    return [authority, ...(await checkServed(path, now))];
  } catch (error) {
    if (error instanceof CertificateFileError) return [bad(error.message, 'as it says')];
    throw error;
  }
}

async function checkServed(path: string, now: Date): Promise<Finding[]> {
  const pem = await readCertificateFile(join(path, 'server.crt'));
  if (pem === undefined) return [good('the agents’ listener has no certificate yet: a start makes one')];
  const { notAfter } = readLeaf(new X509Certificate(pem).raw);
  if (notAfter > now) return [good(`the agents’ certificate ${describeEnd(notAfter, now)}`)];
  return [warning(`the agents’ certificate ${describeEnd(notAfter, now)}`, 'start the server: it makes another')];
}

async function checkWeb(config: Config, now: Date): Promise<Finding[]> {
  if (!config.tls.cert) return [good('the pages have no certificate: they are on loopback alone')];
  try {
    const { cert } = readWebCertificate(config)!;
    const leaf = readLeaf(new X509Certificate(cert).raw);
    const words = `the pages’ certificate ${describeEnd(leaf.notAfter, now)}`;
    if (leaf.notAfter <= now) return [bad(words, `put another into ${config.tls.cert} and start the server again`)];
    if (stageOf(leaf, now) === 'good') return [good(words)];
    return [warning(words, `have it renewed, and start the server again with it`)];
  } catch (error) {
    if (error instanceof ConfigError || error instanceof CertificateFileError)
      return [bad(error.message, 'correct tls.cert and tls.key')];
    throw error;
  }
}

function describeEnd(notAfter: Date, now: Date): string {
  const days = Math.floor((notAfter.getTime() - now.getTime()) / DAY_MS);
  const on = notAfter.toISOString().slice(0, 10);
  return days >= 0 ? `lasts ${days} days more, until ${on}` : `ended on ${on}`;
}
