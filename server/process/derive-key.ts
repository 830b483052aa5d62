import { hkdfSync } from 'node:crypto';

/**
 * A key of 256 bits for one use of the server's secret, by HKDF-SHA256 (RFC 5869): none of them tells anything of the
 * secret or of another.
 * @param label the use. Another label is another key, and what was made with the former counts no more.
 */
export const deriveKey = (secret: string, label: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', label, 32));
