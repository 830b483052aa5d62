import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeStateFolder } from '../testing';
import { openActed } from './acted';
import { openStateFolder } from './open-folder';

const key = 'a'.repeat(64);

it('keeps what was begun of each kind, for the next start too, until it is taken out', () => {
  const folder = makeStateFolder();
  openStateFolder(folder);
  const acted = openActed(folder);
  expect([acted.get('renew'), acted.get('split')]).toEqual([undefined, undefined]);
  acted.set('renew', { request: 'the first', key });
  acted.set('split', { key });
  acted.set('renew', { request: 'the second', key });
  const next = openActed(folder);
  expect([next.get('renew'), next.get('split')]).toEqual([{ request: 'the second', key }, { key }]);
  next.set('split', undefined);
  expect([acted.get('renew'), acted.get('split')]).toEqual([{ request: 'the second', key }, undefined]);
});

it.each(['', '{', '[]', '{"split":{"key":"no key"}}'])(
  'takes a damaged file (%j) for none, and writes it anew',
  (text) => {
    const folder = makeStateFolder();
    openStateFolder(folder);
    writeFileSync(join(folder, 'acted.json'), text);
    const acted = openActed(folder);
    expect(acted.get('split')).toBeUndefined();
    acted.set('split', { key });
    expect(openActed(folder).get('split')).toEqual({ key });
  },
);
