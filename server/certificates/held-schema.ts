import { z } from 'zod';
import { counted } from '../list/list';
import { instant, nextCursor, textLike } from '../rest/schema';

/** What is shown of a certificate that an agent holds. */
const held = z
  .object({
    hostId: z.string().meta({ format: 'uuid', examples: ['01890000-0000-7000-8000-000000000000'] }),
    fqdn: textLike('web-01.example.com'),
    serial: textLike('4BD1').meta({ description: 'Hex, as OpenSSL prints it.' }),
    fingerprint: textLike('4b'.repeat(32)).meta({ description: 'SHA-256 of the DER certificate, hex.' }),
    notBefore: instant,
    notAfter: instant,
    issuedAt: instant,
    stage: z
      .enum(['good', 'nearing', 'ended'])
      .meta({ description: '`nearing`: its agent should have renewed it and did not.' }),
  })
  .meta({ id: 'HeldCertificate' });

export const heldPage = z.object({ certificates: z.array(held), nextCursor, ...counted });
