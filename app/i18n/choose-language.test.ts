import { expect, test } from 'vitest';
import { languageChooser } from './choose-language.server';

// More than there may be words in at any time: what is tested is the order in which they are asked for.
const choose = languageChooser(['en', 'de', 'fr']);
const page = (query = '', browser = 'fr') =>
  new Request(`http://localhost/hosts${query}`, { headers: { 'accept-language': browser } });

test('what somebody has chosen counts before what their browser asks for', async () => {
  expect(await choose(page(), 'de')).toBe('de');
});

test('without a choice, or with one that there are no words in, the browser decides', async () => {
  expect(await choose(page(), null)).toBe('fr');
  expect(await choose(page(), 'tlh')).toBe('fr');
  expect(await choose(page('', 'tlh, de;q=0.5'), null)).toBe('de');
});

test('the address decides before either', async () => {
  expect(await choose(page('?lng=en'), 'de')).toBe('en');
});

test('whoever asks for nothing that there is gets English', async () => {
  expect(await choose(page('', 'tlh'), null)).toBe('en');
  expect(await choose(page('?lng=tlh', 'tlh'), null)).toBe('en');
});
