import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { keepingIn, makeStateFolder, recordLog } from '../testing';
import { replaceFile } from './write-file';

/** A folder that is not there yet: nothing can be written in it. */
function setUp() {
  const folder = makeStateFolder();
  const record = recordLog();
  return { folder, path: join(folder, 'file'), ...keepingIn(folder, record.log), ...record };
}

it('says once what cannot be written, to the log and to the server, and writes the newest as soon as it can', async () => {
  const { folder, path, keeper, lines, until } = setUp();
  const told: string[] = [];
  const keep = (text: string) => keeper.keep('the file', () => replaceFile(path, text, 0o600));
  expect(keep('old')).toBe(false);
  keeper.onFailure((message) => told.push(message));
  expect(keep('new')).toBe(false);
  await until('debug cannot write the file');
  mkdirSync(folder);
  await until('the file can be written now');
  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(told).toEqual([expect.stringMatching(/^cannot write the file: ENOENT/)]);
  expect(lines.filter((line) => line.startsWith('warn'))).toHaveLength(1);
});

it('takes no mistake of ours for a full disk', () => {
  const { keeper } = setUp();
  const mistake = () => keeper.keep('the file', () => JSON.parse('{') as void);
  expect(mistake).toThrow(SyntaxError);
});

it('writes settings that could not be written with those that come later', async () => {
  const { folder, remember, until } = setUp();
  remember({ server: 'https://a.test:6443', log_level: 'debug' });
  remember({ server: null, servers: ['https://b.test:6443', 'https://a.test:6443'] });
  mkdirSync(folder);
  await until('agent.yaml can be written now');
  expect(readFileSync(join(folder, 'agent.yaml'), 'utf8')).toBe(
    'log_level: debug\nservers:\n  - https://b.test:6443\n  - https://a.test:6443\n',
  );
});
