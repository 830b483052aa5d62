import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { openStateFolder } from '../state/open-folder';
import { keepingIn, makeStateFolder, recordLog } from '../testing';
import { Documents, readInForce } from './documents';

const first = { hash: '1'.repeat(64), request: 'monday' };
const second = { hash: '2'.repeat(64) };
const document = { log: { level: 'debug' as const } };
const other = { log: { level: 'warn' as const } };

let folder: string;

beforeEach(() => {
  folder = makeStateFolder();
  openStateFolder(folder);
});

/** As the next start of the agent finds it: nothing but what is on the disk. */
const open = () => Documents.open(folder, keepingIn(folder, recordLog().log).keeper);
const exists = (name: string) => existsSync(join(folder, name));

/** A folder whose agent has `first` in force. */
function withFirst() {
  const documents = open();
  documents.begin(first, document);
  documents.confirm();
  return documents;
}

it('has nothing in force before the server said anything', () => {
  expect(open()).toMatchObject({ inForce: { hash: null, document: {} }, candidate: null, outcome: null });
  expect(open().isNews(first)).toBe(true);
});

it('has a document in force once it is confirmed, and after a restart', () => {
  const documents = open();
  documents.begin(first, document);
  expect(documents).toMatchObject({ inForce: { hash: null }, candidate: { hash: first.hash, document } });
  documents.confirm();
  for (const one of [documents, open()]) {
    expect(one).toMatchObject({ inForce: { hash: first.hash, document }, candidate: null });
    expect(one.outcome).toMatchObject({ ...first, status: 'applied', message: '' });
    expect(one.isNews(first)).toBe(false);
  }
  expect(exists('configuration.next.json')).toBe(false);
});

it('goes back to what was in force, and does not try the same by itself again', () => {
  const documents = withFirst();
  documents.begin(second, other);
  documents.goBack('no answer');
  for (const one of [documents, open()]) {
    expect(one).toMatchObject({ inForce: { hash: first.hash, document }, candidate: null });
    expect(one.outcome).toMatchObject({ hash: second.hash, status: 'rolled_back', message: 'no answer' });
    expect(one.isNews(second)).toBe(false);
  }
  expect(exists('configuration.next.json')).toBe(false);
});

it('tries again what somebody wants tried again', () => {
  const documents = withFirst();
  documents.refuse({ ...second, request: 'monday' }, 'no');
  expect(open().isNews({ ...second, request: 'monday' })).toBe(false);
  expect(open().isNews({ ...second, request: 'tuesday' })).toBe(true);
});

it('killed while it is tried: the document of before is in force, and what became of the other is known', () => {
  withFirst().begin(second, other);
  const next = open();
  expect(next).toMatchObject({ inForce: { hash: first.hash, document }, candidate: null });
  expect(next.outcome).toMatchObject({ status: 'rolled_back', message: expect.stringContaining('stopped') });
  expect(exists('configuration.next.json')).toBe(false);
});

it('killed before the file of what is tried is written: likewise', () => {
  withFirst();
  const acted = { configuration: { ...second, status: 'applying', message: '' } };
  writeFileSync(join(folder, 'acted.json'), JSON.stringify(acted));
  expect(open()).toMatchObject({ inForce: { hash: first.hash }, outcome: { status: 'rolled_back' } });
});

it('killed between the confirmation and its note: the new document is in force', () => {
  const documents = withFirst();
  documents.begin(second, other);
  const noted = readFileSync(join(folder, 'acted.json'));
  documents.confirm();
  writeFileSync(join(folder, 'acted.json'), noted);
  expect(readInForce(folder)).toEqual({ hash: second.hash, document: other, isHalfConfirmed: true });
  expect(open()).toMatchObject({ inForce: { hash: second.hash, document: other }, outcome: { status: 'applied' } });
  expect(readInForce(folder).isHalfConfirmed).toBe(false);
});

it('what follows from a confirmation is written before it is noted', () => {
  const documents = withFirst();
  documents.begin(second, other);
  documents.confirm(() => expect(readInForce(folder)).toMatchObject({ hash: second.hash, isHalfConfirmed: true }));
  expect.assertions(1);
});

it('killed while what is in force is tried once more: that was not confirmed anew', () => {
  withFirst().begin({ hash: first.hash }, document);
  expect(readInForce(folder)).toMatchObject({ hash: first.hash, isHalfConfirmed: false });
  expect(open()).toMatchObject({ inForce: { hash: first.hash }, candidate: null });
});

it('a disk that takes nothing when what is in force is to be tried once more: it stays noted as confirmed', () => {
  const documents = withFirst();
  mkdirSync(join(folder, 'configuration.next.json', 'full'), { recursive: true });
  expect(() => documents.begin({ hash: first.hash }, document)).toThrow(/configuration\.next\.json/);
  expect(JSON.parse(readFileSync(join(folder, 'acted.json'), 'utf8'))).toMatchObject({
    configuration: { hash: first.hash, status: 'applied' },
  });
});

it('what an agent of another version could not do is tried again, and what went back is not', () => {
  const version = (name: string) => Documents.open(folder, keepingIn(folder, recordLog().log).keeper, name);
  version('1').refuse(second, 'no such key');
  expect(version('1').isNews(second)).toBe(false);
  expect(version('2')).toMatchObject({ outcome: null });
  expect(version('2').isNews(second)).toBe(true);
  version('2').refuse(second, 'no such key');
  expect(version('2').isNews(second)).toBe(false);
  const documents = version('2');
  documents.begin(first, document);
  documents.goBack('no answer');
  expect(version('3').isNews(first)).toBe(false);
});

it('a disk that takes nothing: nothing is tried', () => {
  const documents = withFirst();
  // The system refuses to put a file in the place of a folder.
  const path = join(folder, 'configuration.next.json');
  mkdirSync(join(path, 'full'), { recursive: true });
  expect(() => documents.begin(second, other)).toThrow(/configuration\.next\.json/);
  expect(documents).toMatchObject({ inForce: { hash: first.hash }, candidate: null });
  documents.refuse(second, 'disk full');
  expect(documents.outcome).toMatchObject({ hash: second.hash, status: 'failed', message: 'disk full' });
});

it.each(['', '{', '{"hash":1}', '{"hash":"x","document":{"sever":{}}}'])(
  'a file in force that holds %j is as good as none, and what is wanted is fetched again',
  (content) => {
    withFirst();
    writeFileSync(join(folder, 'configuration.json'), content);
    const next = open();
    expect(next).toMatchObject({ inForce: { hash: null, document: {} } });
    expect(next.isNews(first)).toBe(true);
  },
);
