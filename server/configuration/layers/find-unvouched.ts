import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import type { Configuration } from '../../../agent/configuration/schema';
import { parseServerAddress, socketAddress } from '../../../agent/server-address';
import { readCertificateFile } from '../../certificates/certificate-file';
import { isCertificateFor } from '../../certificates/served/ensure-server-certificate';
import { logFailure } from '../../log';
import { textLike } from '../../rest/schema';
import type { Services } from '../../services';

export const unvouched = z
  .array(textLike('https://new.example.com:6443'))
  .meta({
    description:
      'Those of its `server.addresses` that the certificate of the agents’ listener is not for. An agent refuses them, ' +
      'returns to what it had and says so, until the name is in `certificates.names`.',
  });

/**
 * Those of a document's addresses that the certificate of this machine's listener of agents is not for, as they are
 * written. Of a certificate that cannot be read nothing is known. A proxy shows no certificate of ours.
 */
export async function findUnvouched(
  { config, log }: Pick<Services, 'config' | 'log'>,
  { server }: Configuration,
): Promise<string[]> {
  if (!server?.addresses) return [];
  try {
    // As it is served: the listener has what is here, or has it within a minute.
    const pem = await readCertificateFile(join(config.certificates.path, 'server.crt'));
    if (pem === undefined) return [];
    const certificate = new X509Certificate(pem);
    return server.addresses.filter(
      (one) => !isCertificateFor(certificate, socketAddress(parseServerAddress(one)).host),
    );
  } catch (error) {
    // Each look at a page of configuration comes by here.
    logFailure(log, 'the agents’ listener’s certificate cannot be read: addresses are not compared with it', error);
    return [];
  }
}
