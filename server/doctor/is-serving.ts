import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { askListener } from '../certificates/served/ask-listener';
import { readAnchors } from '../certificates/authority/read-anchors';
import type { Config } from '../config';

/** Whether what listens on the agents' port is a server of this installation: it shows a certificate of our CA. */
export async function isServing({ api_host, api_port, certificates }: Config): Promise<boolean> {
  try {
    const path = join(certificates.path, 'ca.crt');
    const anchors = readAnchors(path, await readFile(path, 'utf8'));
    const shown = await askListener({ port: api_port, host: api_host });
    return anchors.some(({ publicKey }) => shown.verify(publicKey));
  } catch {
    return false; // nobody answers, or not with TLS, or there is no CA yet: then it is none of ours
  }
}
