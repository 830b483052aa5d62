import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { SaidError } from '../../words/said-error';
import { words } from '../../words/words';

const MAGIC = Buffer.from('SysManage backup 1\n');
const SALT_BYTES = 16;
const CHUNK_BYTES = 64 * 1024;
const TAG_BYTES = 16;
/** As for the CA's key (docs/decisions/0006): 64 MiB and a third of a second a guess. */
const SCRYPT = { N: 65_536, r: 8, p: 2, maxmem: 128 * 2 ** 20 };

/** An archive that does not open: another passphrase, cut off, changed, or none of ours. */
export class ArchiveError extends SaidError {
  override name = 'ArchiveError';
}

const keyOf = promisify<string, Buffer, number, typeof SCRYPT, Buffer>(scrypt);

/**
 * Each chunk by itself, so that nothing of an archive is believed before it is authentic, however large it is. The
 * nonce is its number and whether it is the last: none can be taken out, moved or cut off (the construction STREAM of
 * Hoang, Reyhanitabar, Rogaway and Vizár, 2015). The key is new with each archive, by its salt.
 */
function nonceOf(number: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(number, 5, 6);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}

/** Encrypts with AES-256-GCM under a passphrase. */
export async function* sealArchive(source: AsyncIterable<Uint8Array>, passphrase: string): AsyncGenerator<Buffer> {
  const header = Buffer.concat([MAGIC, randomBytes(SALT_BYTES)]);
  const key = await keyOf(passphrase, header.subarray(MAGIC.length), 32, SCRYPT);
  yield header;
  let number = 0;
  for await (const { chunk, isLast } of inChunks(source, CHUNK_BYTES)) {
    const cipher = createCipheriv('aes-256-gcm', key, nonceOf(number++, isLast)).setAAD(header);
    yield Buffer.concat([cipher.update(chunk), cipher.final(), cipher.getAuthTag()]);
  }
}

/** The way back. @throws ArchiveError at the first chunk that is not as it was written, or when the end is missing */
export async function* openArchive(source: AsyncIterable<Uint8Array>, passphrase: string): AsyncGenerator<Buffer> {
  let header: Buffer | undefined;
  let key: Buffer | undefined;
  let number = 0;
  for await (const { chunk, isLast } of inChunks(source, CHUNK_BYTES + TAG_BYTES, MAGIC.length + SALT_BYTES)) {
    if (!header || !key) {
      header = chunk;
      if (chunk.length !== MAGIC.length + SALT_BYTES || !chunk.subarray(0, MAGIC.length).equals(MAGIC))
        throw new ArchiveError(words('server.archive.none'));
      key = await keyOf(passphrase, header.subarray(MAGIC.length), 32, SCRYPT);
      if (isLast) throw new ArchiveError(words('server.archive.cut_off'));
      continue;
    }
    yield open(chunk, key, header, nonceOf(number++, isLast), number === 1);
  }
  if (!header) throw new ArchiveError(words('server.archive.none'));
}

function open(chunk: Buffer, key: Buffer, header: Buffer, nonce: Buffer, isFirst: boolean): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(header);
    decipher.setAuthTag(chunk.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(chunk.subarray(0, -TAG_BYTES)), decipher.final()]);
  } catch (cause) {
    throw new ArchiveError(words(isFirst ? 'server.archive.does_not_open' : 'server.archive.damaged_or_cut_off'), {
      cause,
    });
  }
}

/** In pieces of one size, but for the first where it has a size of its own, and the last. */
async function* inChunks(source: AsyncIterable<Uint8Array>, size: number, first = size) {
  let waiting: Buffer[] = [];
  let length = 0;
  let wanted = first;
  for await (const bytes of source) {
    waiting.push(Buffer.from(bytes));
    length += bytes.length;
    // More than one: what is exactly full may be the last.
    if (length <= wanted) continue;
    let all = Buffer.concat(waiting);
    while (all.length > wanted) {
      yield { chunk: all.subarray(0, wanted), isLast: false };
      all = all.subarray(wanted);
      wanted = size;
    }
    [waiting, length] = [[all], all.length];
  }
  yield { chunk: Buffer.concat(waiting), isLast: true };
}
