import { type DerElement, elements } from './der';

const SEQUENCE = 0x30;
const VERSION_3 = 'a003020102';
const EXTENSIONS = 0xa3;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const URI_NAME = 0x86;
/** Object identifiers, as DER content in hex. */
const ORGANIZATIONAL_UNIT = '55040b';
const SUBJECT_ALTERNATIVE_NAME = '551d11';

/** The parts of a certificate that a decision hangs on, read out of their structure. */
export interface Leaf {
  notBefore: Date;
  notAfter: Date;
  /** DER Name. */
  subject: Buffer;
  /** DER SubjectPublicKeyInfo. */
  publicKeyDer: Buffer;
  /** Every OU of the subject. */
  organizationalUnits: string[];
  /** Every URI among the subject's alternative names. */
  uris: string[];
}

/**
 * Reads an X.509 v3 certificate (RFC 5280, 4.1) of the shape we issue. Verify the signature first: this is a reader of
 * our own certificates and no gatekeeper.
 *
 * Why not Node's `X509Certificate`: it gives names and dates as printed text only. Why not the ASN.1 library: it takes
 * two and a half times as long as the signature check and the parsing before it together, on every connection.
 * @throws RangeError when it is anything else
 */
export function readLeaf(der: Buffer): Leaf {
  const certificate = only(elements(der));
  const [toBeSigned] = elements(expect(certificate, SEQUENCE).content);
  const [version, , , , validity, subject, publicKey, extensions] = elements(expect(toBeSigned, SEQUENCE).content);
  if (version?.whole.toString('hex') !== VERSION_3) throw new RangeError('not an X.509 v3 certificate');
  const [notBefore, notAfter] = elements(expect(validity, SEQUENCE).content);
  return {
    notBefore: instant(notBefore),
    notAfter: instant(notAfter),
    subject: expect(subject, SEQUENCE).whole,
    publicKeyDer: expect(publicKey, SEQUENCE).whole,
    organizationalUnits: attributes(expect(subject, SEQUENCE), ORGANIZATIONAL_UNIT),
    uris: uris(expect(extensions, EXTENSIONS)),
  };
}

/** The values of one kind in a Name: a sequence of sets of (identifier, string) pairs. */
function attributes(name: DerElement, identifier: string): string[] {
  return elements(name.content)
    .flatMap((set) => elements(set.content))
    .map((pair) => elements(pair.content))
    .filter(([type]) => type?.content.toString('hex') === identifier)
    .map(([, value]) => value?.content.toString('utf8') ?? '');
}

function uris(extensions: DerElement): string[] {
  return elements(only(elements(extensions.content)).content)
    .map((extension) => elements(extension.content))
    .filter(([identifier]) => identifier?.content.toString('hex') === SUBJECT_ALTERNATIVE_NAME)
    .flatMap((parts) => elements(expect(only(elements(parts.at(-1)!.content)), SEQUENCE).content))
    .filter((name) => name.tag === URI_NAME)
    .map((name) => name.content.toString('latin1'));
}

/**
 * RFC 5280, 4.1.2.5: UTCTime through 2049 (years from 50 are of the last century), then GeneralizedTime; always `Z`.
 */
function instant(time: DerElement | undefined): Date {
  const text = time?.content.toString('latin1') ?? '';
  const century = time?.tag === GENERALIZED_TIME ? '' : text < '50' ? '20' : '19';
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(century + text);
  if (!match || (time?.tag !== UTC_TIME && time?.tag !== GENERALIZED_TIME)) throw new RangeError('not a time');
  const [, year, month, day, hour, minute, second] = match;
  const instant = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  // An invalid date is neither before nor after any other: nothing would ever expire.
  if (Number.isNaN(instant.getTime())) throw new RangeError('not a time');
  return instant;
}

function only(found: DerElement[]): DerElement {
  if (found.length !== 1) throw new RangeError(`expected one DER element, found ${found.length}`);
  return found[0]!;
}

function expect(element: DerElement | undefined, tag: number): DerElement {
  if (element?.tag !== tag) throw new RangeError(`expected DER tag ${tag}, found ${element?.tag ?? 'nothing'}`);
  return element;
}
