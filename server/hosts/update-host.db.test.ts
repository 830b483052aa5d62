import { beforeEach, expect, test } from 'vitest';
import { administratorOf, testServices } from '../testing';
import { seedHosts } from './testing';

let admin: Awaited<ReturnType<typeof administratorOf>>;
let hostId: string;

beforeEach(async () => {
  const services = await testServices();
  admin = await administratorOf(services);
  [hostId] = (await seedHosts(services.db, [{ tags: ['rack-4'] }])) as [string];
});

const said = async () => {
  const { notes, tags } = (await admin.hosts.byId({ hostId })).host;
  return { notes, tags };
};

test('what is left out of a change stays as it is', async () => {
  await admin.hosts.update({ hostId, notes: 'Ask first.' });
  expect(await said()).toEqual({ notes: 'Ask first.', tags: ['rack-4'] });
  await admin.hosts.update({ hostId, tags: ['env:prod', 'web', 'env:prod'] });
  expect(await said()).toEqual({ notes: 'Ask first.', tags: ['env:prod', 'web'] });
  await admin.hosts.update({ hostId });
  await admin.hosts.update({ hostId, notes: '', tags: [] });
  expect(await said()).toEqual({ notes: '', tags: [] });
});

test('a form has tags in one text', async () => {
  await admin.hosts.update({ hostId, tags: ' env:prod,web ,, owner:web team\n' });
  expect((await said()).tags).toEqual(['env:prod', 'web', 'owner:web team']);
  // Commas as Arabic and CJK keyboards have them.
  await admin.hosts.update({ hostId, tags: 'بيئة:إنتاج، خادم、机架:4，web' });
  expect((await said()).tags).toEqual(['بيئة:إنتاج', 'خادم', '机架:4', 'web']);
});

test.each([
  ['nothing', ['']],
  ['a value without a key', [':prod']],
  ['two in one', ['a,b']],
  ['two with an Arabic comma', ['a،b']],
  ['two with a Chinese comma', ['a:b、c']],
  ['the end of a line within', ['a\nb']],
  ['what no database holds', ['a\0b']],
  ['what no document holds', ['a\ud800']],
  ['too long', ['x'.repeat(101)]],
  ['too many', Array.from({ length: 51 }, (_, i) => `t${i}`)],
])('a tag that is %s is refused', async (_, tags) => {
  await expect(admin.hosts.update({ hostId, tags })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  expect((await said()).tags).toEqual(['rack-4']);
});

test('hosts are found by their tags', async () => {
  const found = async (filter: string) => (await admin.hosts.list({ filter })).total;
  await admin.hosts.update({ hostId, tags: ['env:prod', 'a"b'] });
  expect(await found('tags has "env:prod"')).toBe(1);
  expect(await found('tags has env')).toBe(1);
  expect(await found('tags has "a\\"b"')).toBe(1);
  expect(await found('tags has prod or tags has "env:test"')).toBe(0);
  await expect(found('tags has')).rejects.toMatchObject({ code: 'BAD_REQUEST' });
});
