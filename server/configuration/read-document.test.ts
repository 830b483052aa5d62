import { expect, test } from 'vitest';
import { inEnglish } from '../../words/say';
import { editText } from './edit-text';
import { mergeLayers } from './layers/merge-layers';
import { demandDocument, readDocument } from './read-document';

test.each(['', '# nothing yet\n', '---\n', '{}'])('%j says nothing', (text) => {
  expect(readDocument(text)).toEqual({ document: {}, issues: [] });
});

test.each([
  ['log:\n  level: debug\n  levle: info\n', 'log.levle', 3, 3, 'no such key'],
  ['# ours\nlogs:\n  level: debug\n', 'logs', 2, 1, 'no such key'],
  ['log: {level: loud}\n', 'log.level', 1, 7, 'must be one of'],
  [
    'server:\n  addresses:\n    - https://a.test\n    - a.test\n',
    'server.addresses.1',
    4,
    7,
    'does not start with https',
  ],
  ['log: debug\n', 'log', 1, 1, 'must be a mapping'],
  ['log:\n  level: debug\nlog:\n  level: info\n', '', 3, 1, 'there twice'],
  ['a: &x [1]\nb: *x\n', '', 1, 1, 'alias'],
  ['log: [\n', '', 2, 1, 'not indented'],
  ['log: "x\n', '', 2, 1, 'something is missing'],
  ['\tlog: x\n', '', 1, 1, 'by a tab'],
  ['log\n  level: x\n', '', 1, 1, 'colon'],
  ['- a\n', '', 1, 1, 'must be a mapping'],
])('%j: says what is wrong, and where', (text, path, line, column, message) => {
  const { issues } = readDocument(text);
  expect(issues[0]).toEqual({ path, line, column, said: expect.anything() });
  expect(inEnglish(issues[0]!.said)).toMatch(new RegExp(message, 'i'));
  expect(() => demandDocument(text)).toThrow('configuration.invalid');
});

test('a key is set, or taken out, and the rest stays as somebody wrote it', () => {
  const text = '# until Friday\nlog:\n  level: debug # slow disk\nheartbeat:\n  interval_seconds: 30\n';
  expect(editText(text, [])).toBe(text);
  expect(editText(text, [['log.level', 'warn']])).toBe(text.replace('debug', 'warn'));
  expect(editText(text, [['heartbeat.interval_seconds', null]])).toBe(
    '# until Friday\nlog:\n  level: debug # slow disk\n',
  );
  expect(editText('', [['server.addresses', ['https://a.test:6443']]])).toBe(
    'server:\n  addresses:\n    - https://a.test:6443\n',
  );
  expect(editText('log:\n  level: info\n', [['log.level', null]])).toBe('');
  expect(editText('log:\n', [['log.level', 'info']])).toBe('log:\n  level: info\n');
});

test('the last layer that says something has the last word, key by key, and a list counts whole', () => {
  const merged = mergeLayers([
    {
      layer: 'global',
      document: { log: { level: 'info' }, heartbeat: { interval_seconds: 30 }, discovery: { interfaces: ['a', 'b'] } },
    },
    { layer: 'host/1', document: { log: { level: 'debug' }, discovery: { interfaces: ['c'] } } },
  ]);
  expect(merged.document).toEqual({
    log: { level: 'debug' },
    heartbeat: { interval_seconds: 30 },
    discovery: { interfaces: ['c'] },
  });
  expect(merged.sources).toEqual({
    'log.level': 'host/1',
    'heartbeat.interval_seconds': 'global',
    'discovery.interfaces': 'host/1',
  });
});

test('between all hosts and one come fleets: what they disagree on nobody says, unless all of them have a place', () => {
  const level = (layer: string, level: 'info' | 'debug' | 'warn', place?: number) => ({
    layer,
    document: { log: { level } },
    place,
  });
  const [a, b] = [level('fleet/a', 'debug'), level('fleet/b', 'warn')];
  const global = level('global', 'info');
  expect(mergeLayers([b, global, a])).toMatchObject({
    document: { log: { level: 'info' } },
    sources: { 'log.level': 'global' },
    conflicts: [{ key: 'log.level', layers: ['fleet/a', 'fleet/b'] }],
  });
  expect(mergeLayers([a, { ...b, place: 3 }]).conflicts).toHaveLength(1);
  expect(mergeLayers([a, { ...b, place: 3 }])).toMatchObject({ document: {}, sources: {} });
  expect(mergeLayers([a, level('fleet/b', 'debug')]).conflicts).toEqual([]);
  expect(mergeLayers([a, b, level('host/1', 'info')])).toMatchObject({
    document: { log: { level: 'info' } },
    conflicts: [],
  });
  for (const [first, second] of [
    [1, 2],
    [2, 1],
  ] as const) {
    const merged = mergeLayers([global, { ...a, place: first }, { ...b, place: second }]);
    expect(merged.conflicts).toEqual([]);
    expect(merged.sources).toEqual({ 'log.level': first > second ? 'fleet/a' : 'fleet/b' });
  }
});

test('equal documents have one name, whichever layers they are from', () => {
  const document = { log: { level: 'info' as const }, heartbeat: { interval_seconds: 30 } };
  const { hash } = mergeLayers([{ layer: 'global', document }]);
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  const split = mergeLayers([
    { layer: 'global', document: { heartbeat: document.heartbeat, log: { level: 'warn' } } },
    { layer: 'host/1', document: { log: document.log } },
  ]);
  expect(split.hash).toBe(hash);
  expect(mergeLayers([]).hash).not.toBe(hash);
});
