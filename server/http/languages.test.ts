import express from 'express';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { matchLanguage } from '../../words/match-language';
import { chooseLanguage } from './languages';

// More than there may be words in at any time: what is tested is the order in which they are asked for.
const KNOWN = ['en', 'ar', 'de', 'fr', 'pt', 'zh-CN', 'zh-TW'];

test.each([
  [['de'], 'de'],
  [['de-AT'], 'de'],
  [['DE-ch'], 'de'],
  [['pt-BR'], 'pt'],
  [['zh'], 'zh-CN'],
  [['zh-Hans'], 'zh-CN'],
  [['zh-SG'], 'zh-CN'],
  [['zh-Hant'], 'zh-TW'],
  [['zh-HK'], 'zh-TW'],
  [['zh-MO'], 'zh-TW'],
  [['zh-Hans-HK'], 'zh-CN'],
  [['zh_CN'], 'zh-CN'],
  [['zh_TW'], 'zh-TW'],
  [['ar-EG'], 'ar'],
  [['tlh', 'fr-CA', 'de'], 'fr'],
  [['uk'], undefined],
  [['', '*', 'x', '../../etc', '🦆', 'de; drop', 'a'.repeat(9000)], undefined],
  [[], undefined],
])('of %j it is %s', (asked, language) => {
  expect(matchLanguage(asked, KNOWN)).toBe(language);
});

test('of a list that somebody made long no more is read than of a browser’s', () => {
  const nonsense = Array.from({ length: 19 }, (_, i) => `x${String.fromCharCode(97 + i)}a`);
  expect(matchLanguage([...nonsense, 'de'], KNOWN)).toBe('de');
  expect(matchLanguage([...nonsense, 'tlh', 'de'], KNOWN)).toBeUndefined();
  // 3,000 parts of one tag cost as much as a thousand tags.
  expect(matchLanguage([`de-a-${Array(12).fill('aa').join('-')}`], KNOWN)).toBeUndefined();
});

/** What is chosen for a request that came in over HTTP. */
async function chosenFor(path: string, headers: Record<string, string>, account: string | null = null) {
  const app = express().use((request, response) => void response.send(chooseLanguage(request, account, KNOWN)));
  const server = createServer(app).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, { headers });
  return answer.text();
}

test('the address counts before the account, that before the cookie, and that before the browser', async () => {
  const headers = { 'accept-language': 'fr', cookie: 'theme=dark; language=pt; x=1' };
  expect(await chosenFor('/?lng=zh_TW', headers, 'de')).toBe('zh-TW');
  expect(await chosenFor('/', headers, 'de')).toBe('de');
  expect(await chosenFor('/', headers)).toBe('pt');
  expect(await chosenFor('/', { 'accept-language': 'tlh, fr;q=0.4, de;q=0.5' })).toBe('de');
});

test('what there are no words in is passed over, whoever asks for it', async () => {
  const headers = { 'accept-language': 'tlh, fr;q=0.1', cookie: 'xlanguage=de; language=tlh' };
  expect(await chosenFor('/?lng=tlh', headers, 'tlh')).toBe('fr');
  expect(await chosenFor('/?lng=de&lng=pt', { 'accept-language': 'tlh' })).toBe('en');
  expect(await chosenFor('/', { 'accept-language': '*' })).toBe('en');
});
