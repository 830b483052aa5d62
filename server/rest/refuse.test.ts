import express from 'express';
import { expect, test } from 'vitest';
import { AppError } from '../errors';
import { serveHttp } from '../sockets/testing';
import { refuse } from './refuse';
import { createErrorWords } from './say-error';

// More than there may be words in at any time: what is tested is who is answered in which.
const BUSY = { en: 'Come back in {{time}}.', de: 'Wiederkommen in {{time}}.' };
const words = createErrorWords(Object.keys(BUSY), (language) => {
  return { errors: { auth: { busy: BUSY[language as keyof typeof BUSY] } } };
});

const [ENGLISH, GERMAN] = [
  ['en', 'Come back in 2 seconds.'],
  ['de', 'Wiederkommen in 2 Sekunden.'],
];

test.each([
  ['de', GERMAN],
  ['de-AT', GERMAN],
  ['en', ENGLISH],
  ['en;q=0.5, de;q=0.8', GERMAN],
  ['de;q=0.5, en;q=0.8', ENGLISH],
  ['tlh, de;q=0.1', GERMAN],
  ['de;q=0, *', ENGLISH],
  ['tlh', ENGLISH],
  ['', ENGLISH],
])('whoever accepts “%s” is answered in what they like best of it, and told in which', async (accepted, told) => {
  const { server, port } = await serveHttp();
  server.on(
    'request',
    express().use((request, response) =>
      refuse(request, response, new AppError('auth.busy', { retryAfterSeconds: 2 }), 'its id', words),
    ),
  );
  const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { 'accept-language': accepted } });
  const { message } = (await response.json()) as { message: string };
  expect([response.headers.get('content-language'), message]).toEqual(told);
  // Or whoever keeps answers would give one person's to all.
  expect(response.headers.get('vary')).toBe('Accept-Language');
});
