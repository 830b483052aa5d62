import { createPrivateKey } from 'node:crypto';

type Needle = [form: string, bytes: Buffer];

/**
 * Every form in which bytes may stand in a text or a file: as they are, in hex, in Base64 and Base64url at each of the
 * three alignments, and as decimal numbers. A PEM's line breaks are taken out of what is searched.
 */
function formsOf(name: string, bytes: Buffer): Needle[] {
  const hex = bytes.toString('hex');
  const base64 = [0, 1, 2].flatMap((alignment) => {
    // Of what stands before and after, only the characters that share no bits with it are certain.
    const text = Buffer.concat([Buffer.alloc(alignment), bytes]).toString('base64url');
    const certain = text.slice(Math.ceil((alignment * 8) / 6), Math.floor(((alignment + bytes.length) * 8) / 6));
    const standard = certain.replaceAll('-', '+').replaceAll('_', '/');
    return [certain, standard].map(
      (form, i) => [`${name}, base64${i === 0 ? 'url' : ''} +${alignment}`, Buffer.from(form)] as Needle,
    );
  });
  return [
    [`${name}, as it is`, bytes],
    [`${name}, hex`, Buffer.from(hex)],
    [`${name}, HEX`, Buffer.from(hex.toUpperCase())],
    [`${name}, numbers`, Buffer.from([...bytes].join(','))],
    ...base64,
  ];
}

/** The encodings of a P-256 private key (PEM), each of which gives it away. */
export function encodingsOf(privateKeyPem: string): Record<'pkcs8' | 'sec1' | 'scalar', Buffer> {
  const key = createPrivateKey(privateKeyPem);
  const { d } = key.export({ format: 'jwk' });
  return {
    pkcs8: key.export({ type: 'pkcs8', format: 'der' }),
    sec1: key.export({ type: 'sec1', format: 'der' }),
    scalar: Buffer.from(d!, 'base64url'),
  };
}

/** Which forms of which keys are in what was recorded, one line each; none is what one hopes for. */
export function findKeys(privateKeyPems: Iterable<string>, recorded: Record<string, Buffer>): string[] {
  const needles = [...privateKeyPems].flatMap((pem) =>
    Object.entries(encodingsOf(pem)).flatMap(([name, bytes]) => formsOf(name, bytes)),
  );
  return Object.entries(recorded).flatMap(([where, bytes]) => {
    // Also without line breaks, written out or as JSON escapes them: a PEM has one every 64 characters.
    const joined = Buffer.from(bytes.toString('latin1').replace(/\\r|\\n|[\r\n]/g, ''), 'latin1');
    const spaceless = Buffer.from(bytes.toString('latin1').replace(/\s/g, ''), 'latin1');
    return needles
      .filter(([, needle]) => bytes.includes(needle) || joined.includes(needle) || spaceless.includes(needle))
      .map(([form]) => `${where}: ${form}`);
  });
}
