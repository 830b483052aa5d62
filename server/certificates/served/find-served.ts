import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import type { Config } from '../../config';
import type { Log } from '../../log';
import type { ListenerName, Listeners } from '../../process/listeners';
import type { Authority } from '../authority/authority';
import { type CertificateFacts, describeCertificate } from '../describe-certificate';
import { readCertificateFile } from '../certificate-file';
import { stageOf, type Stage } from '../nearing-end';
import { isSealed } from '../authority/seal-key';

/** What tells of the server's own certificates. */
export interface CertificateSources {
  authority: Authority;
  config: Config;
  listeners: Listeners;
  log: Log;
}

/** `another`: somebody replaced the file, and the listener does not know. `unusable` holds no certificate any more. */
export type FileState = 'same' | 'another' | 'missing' | 'unusable';

export type ServedCertificate = Awaited<ReturnType<typeof findServed>>[number];

/** What each TLS listener serves at this moment, and whether its file would give another. Dates are ISO 8601. */
export async function findServed(sources: CertificateSources, now = new Date()) {
  const names = [...sources.listeners.addresses().keys()];
  return Promise.all(names.map((name) => findOne(sources, name, now)));
}

async function findOne(sources: CertificateSources, name: ListenerName, now: Date) {
  const { listeners, config, log } = sources;
  const file = name === 'web' ? config.tls.cert! : join(config.certificates.path, 'server.crt');
  // Ours is kept by `keepServerCertificate`; the pages' came from the administrator.
  const renewedBy = name === 'agents' ? ('itself' as const) : ('administrator' as const);
  const about = { listener: name, port: listeners.addresses().get(name)!.port, file, renewedBy };
  try {
    const served = await listeners.served(name);
    if (!served) return { ...about, certificate: null, stage: null, fileState: null, notAfter: undefined };
    const facts = describeCertificate(served);
    const certificate = shown(facts);
    return {
      ...about,
      certificate,
      stage: stageOf(facts, now),
      fileState: await compare(file, served),
      notAfter: certificate.notAfter,
    };
  } catch (error) {
    // Under a flood it does not answer us either. What it would say is most likely what its file says.
    log.warn(
      { listener: name, reason: (error as Error).message },
      'the listener does not say what certificate it serves',
    );
    const facts = await readFacts(file);
    return {
      ...about,
      certificate: null,
      stage: facts && stageOf(facts, now),
      fileState: null,
      notAfter: facts?.notAfter.toISOString(),
    };
  }
}

async function readFacts(path: string): Promise<CertificateFacts | null> {
  const pem = await readCertificateFile(path);
  if (pem === undefined) return null;
  try {
    return describeCertificate(new X509Certificate(pem));
  } catch {
    return null; // no certificate, so nothing is known
  }
}

async function compare(path: string, served: X509Certificate): Promise<FileState> {
  const pem = await readCertificateFile(path);
  if (pem === undefined) return 'missing';
  try {
    return new X509Certificate(pem).raw.equals(served.raw) ? 'same' : 'another';
  } catch {
    // Half of a copy, an editor's accident. What the page says of it is all that can be done here.
    return 'unusable';
  }
}

/** The CAs we accept, and whether the key of the one that signs is encrypted on disk: read now, not remembered. */
export async function findAuthorities({ authority, config }: CertificateSources, now = new Date()) {
  const key = await readCertificateFile(join(config.certificates.path, 'ca.key'));
  return {
    keyAtRest: key === undefined ? ('missing' as const) : isSealed(key) ? ('encrypted' as const) : ('plain' as const),
    authorities: authority.anchors.map(({ certificate, pin, pem }) => {
      const facts = describeCertificate(certificate);
      const stage: Stage = stageOf(facts, now, { isAuthority: true });
      return { ...shown(facts), pin, stage, isSigning: pem === authority.signing.pem };
    }),
  };
}

const shown = ({ notBefore, notAfter, ...facts }: CertificateFacts) => ({
  ...facts,
  notBefore: notBefore.toISOString(),
  notAfter: notAfter.toISOString(),
});
