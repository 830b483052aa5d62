import { expect, test } from 'vitest';
import { openArchive, sealArchive } from './seal-archive';

const passphrase = 'a passphrase of some length';

async function* inPieces(bytes: Buffer, size = 10_000) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function collect(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const seal = (bytes: Buffer) => collect(sealArchive(inPieces(bytes), passphrase));
const open = (bytes: Buffer, by = passphrase) => collect(openArchive(inPieces(bytes), by));

const CHUNK = 64 * 1024;

test.each([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])('%i bytes come back as they were', async (size) => {
  const bytes = Buffer.from(Array.from({ length: size }, (_, i) => (i * 7 + (i >> 8)) % 256));
  expect((await open(await seal(bytes))).equals(bytes)).toBe(true);
});

test('what is in it is not to be seen, and no two archives of it are alike', async () => {
  const secret = Buffer.from('-----BEGIN PRIVATE KEY-----');
  const [one, other] = await Promise.all([seal(secret), seal(secret)]);
  expect(one.includes(secret)).toBe(false);
  expect(one.equals(other)).toBe(false);
});

test('another passphrase, a change anywhere, an end that is missing and chunks that changed places do not open', async () => {
  const bytes = Buffer.alloc(2 * CHUNK + 100, 'x');
  const sealed = await seal(bytes);
  await expect(open(sealed, `${passphrase}.`)).rejects.toThrow('the passphrase is another');
  const header = sealed.length - bytes.length - 3 * 16;
  for (const at of [header - 1, header, header + CHUNK + 20, sealed.length - 1]) {
    const changed = Buffer.from(sealed);
    changed[at]! ^= 1;
    await expect(open(changed), `byte ${at}`).rejects.toThrow(/damaged/);
  }
  const [first, second] = [header + CHUNK + 16, header + 2 * (CHUNK + 16)];
  for (const length of [0, 10, header, header + 5, first, second, sealed.length - 1])
    await expect(open(sealed.subarray(0, length)), `${length} bytes`).rejects.toThrow(/cut off|no backup|damaged/);
  const swapped = Buffer.concat([
    sealed.subarray(0, header),
    sealed.subarray(first, second),
    sealed.subarray(header, first),
    sealed.subarray(second),
  ]);
  await expect(open(swapped)).rejects.toThrow(/damaged/);
  await expect(open(Buffer.from('something else altogether, and longer than a header'))).rejects.toThrow('no backup');
});
