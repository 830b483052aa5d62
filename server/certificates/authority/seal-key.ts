import { createPrivateKey, type KeyObject, randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';

/**
 * Encrypted PKCS #8 as Node writes it is PBES2 with AES-256-CBC, its key made by PBKDF2-HMAC-SHA-256 of 2,048 rounds:
 * a graphics card tries millions of passphrases a second against that. So the passphrase goes through scrypt first, at
 * the cost that OWASP recommends for passwords (64 MiB and about a third of a second a try), and what comes out, as 64
 * lower-case hex digits, is the passphrase of the PKCS #8. The salt stands in the line above it, which every reader of
 * PEM skips, so that OpenSSL alone can open the key too; `docs/decisions/` has the two commands.
 */
const COST = { N: 2 ** 16, r: 8, p: 2, maxmem: 2 ** 27 };
const SALT_LINE = /^scrypt-salt: ([0-9a-f]{32})$/m;

const scryptOffThread = promisify<string, Buffer, number, typeof COST, Buffer>(scrypt);

/** @returns PEM */
export async function sealKey(key: KeyObject, passphrase: string): Promise<string> {
  const salt = randomBytes(16);
  const sealed = key.export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: await stretch(passphrase, salt),
  });
  return `scrypt-salt: ${salt.toString('hex')}\n${sealed.toString()}`;
}

export function isSealed(pem: string): boolean {
  return pem.includes('-----BEGIN ENCRYPTED PRIVATE KEY-----');
}

/** Undefined when the passphrase is another, which cannot be told from a damaged file. */
export async function openKey(pem: string, passphrase: string): Promise<KeyObject | undefined> {
  const salt = SALT_LINE.exec(pem)?.[1];
  if (!salt) return undefined;
  const stretched = await stretch(passphrase, Buffer.from(salt, 'hex'));
  try {
    return createPrivateKey({ key: pem, passphrase: stretched });
  } catch {
    return undefined;
  }
}

async function stretch(passphrase: string, salt: Buffer): Promise<string> {
  return (await scryptOffThread(passphrase, salt, 32, COST)).toString('hex');
}
