import { expect, test } from 'vitest';
import { partAt, partsOf, withPartAt } from './part-at';

const at = (marked: string) => ({ text: marked.replace('|', ''), caret: marked.indexOf('|') });
const partIn = (marked: string) => {
  const { text, caret } = at(marked);
  const { from, to } = partAt(text, caret);
  return text.slice(from, to);
};

test.each([
  ['en|', 'en'],
  ['env:prod, ra|', 'ra'],
  ['env:prod,  ra|ck , web', 'rack'],
  ['en|v:prod, rack', 'env:prod'],
  ['env:prod, |', ''],
  ['env:prod, | ', ''],
  ['|', ''],
  ['بيئة، خا|', 'خا'],
  ['机架、we|，b', 'we'],
])('the part that is being typed in %j is %j', (marked, part) => expect(partIn(marked)).toBe(part));

test.each([
  ['en|', 'env:prod, '],
  ['rack, en| ', 'rack, env:prod, '],
  ['rack, en|, web', 'rack, env:prod, web'],
  ['e|nv, web', 'env:prod, web'],
  ['rack,|', 'rack,env:prod, '],
])('what is chosen takes its place: %j becomes %j', (marked, becomes) => {
  const { text, caret } = at(marked);
  expect(withPartAt(text, caret, 'env:prod')).toBe(becomes);
});

test('the parts of a text', () => expect(partsOf(' a:b ,, c、d ')).toEqual(['a:b', 'c', 'd']));
