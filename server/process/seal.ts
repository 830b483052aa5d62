import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Hides what must not lie in the database as it is: AES-256-GCM (NIST SP 800-38D). */
export interface Seal {
  /** @param place what it is bound to: copied to another place it opens nowhere */
  seal(place: string, secret: string): string;
  /** @throws Error for what another secret has sealed, or somebody has changed or moved */
  open(place: string, sealed: string): string;
}

/** @param key of 256 bits */
export const createSeal = (key: Buffer): Seal => ({
  seal(place, secret) {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(place));
    const bytes = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), bytes]).toString('base64');
  },
  open(place, sealed) {
    const bytes = Buffer.from(sealed, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES))
      .setAAD(Buffer.from(place))
      .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
  },
});
