import { createHash } from 'node:crypto';
import { wordlist } from '@scure/bip39/wordlists/english.js';

/**
 * Six words (66 bits) that an administrator compares between the agent's log and the approval page.
 * They cover both keys, so a man in the middle, who must swap at least one of them, changes the words.
 * Both ends compute them: each from the key it really sees, never from what the other says.
 *
 * @param agentKey the agent's public key, DER SubjectPublicKeyInfo (RFC 5280)
 * @param authorityKey the CA's public key, likewise
 */
export function fingerprintWords(agentKey: Uint8Array, authorityKey: Uint8Array): string {
  const digest = createHash('sha256')
    .update('sysmanage fingerprint v1')
    .update(createHash('sha256').update(agentKey).digest())
    .update(createHash('sha256').update(authorityKey).digest())
    .digest();
  let bits = 0n;
  for (const byte of digest) bits = (bits << 8n) | BigInt(byte);
  const words = [];
  for (let i = 0; i < 6; i++) {
    words.push(wordlist[Number(bits & 2047n)]);
    bits >>= 11n;
  }
  return words.join(' ');
}

/**
 * SHA-256 of a DER SubjectPublicKeyInfo, in lower-case hex: how keys are named and CAs are pinned (RFC 7469 pins the
 * same bytes).
 */
export function keyFingerprint(publicKey: Uint8Array): string {
  return createHash('sha256').update(publicKey).digest('hex');
}
