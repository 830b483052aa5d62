import { expect, test } from 'vitest';
import { wireWords } from '../agent/wire-words';
import { words } from '../words/words';
import { keptWords, readWords } from './kept-words';

const said = words('agent.configuration.unreached', {
  seconds: 60,
  why: [
    words('agent.connection.failed', { server: 'a.test:6443', reason: words('agent.connection.silent') }),
    'ETIMEDOUT',
  ],
});

test('what an agent says is kept as its key and values, and is a sentence again when it is read', () => {
  const kept = keptWords('a sentence', wireWords.parse(JSON.parse(JSON.stringify(said))));
  expect(kept).not.toContain('was not reached');
  expect(readWords(kept)).toEqual({
    said,
    text: 'the server was not reached within 60 s: a.test:6443: the server fell silent; ETIMEDOUT',
  });
});

test.each(['no answer', '', '{', '{"key":"agent.run.is_agent"}', '{"a":1}'])(
  'a sentence of an agent of before stays as it is: %j',
  (text) => {
    expect(readWords(keptWords(text, undefined))).toEqual({ text, said: null });
  },
);

test('of what a newer agent says otherwise, its sentence is kept', () => {
  const newer = { key: 'agent.run.is_agent', values: { why: { key: 'agent.newer', values: {} } } };
  expect(keptWords('its sentence', wireWords.parse(newer))).toBe('its sentence');
});

test('what is no sentence of an agent, or goes too deep, is not taken', () => {
  const deep = (levels: number): unknown =>
    levels === 0 ? 'x' : { key: 'agent.run.is_agent', values: { why: deep(levels - 1) } };
  expect(wireWords.safeParse(deep(4)).success).toBe(true);
  for (const wrong of [deep(100), { key: 'server.x', values: {} }, ['x']])
    expect(wireWords.safeParse(JSON.parse(JSON.stringify(wrong))).success && wrong).toBe(false);
});
