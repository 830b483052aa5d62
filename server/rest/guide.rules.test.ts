import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, expect, test } from 'vitest';
import { temporaryFolder } from '../certificates/testing';
import { browserOf, registrationOf, strangerOf, testServices } from '../testing';
import { createApiClient, type FetchWithHeaders } from '../tokens/client';
import { addPerson, type Ask, logIn, PASSWORD, serveRestApi } from './testing';

/** The first block of a language in a document, from one of its headings on. */
function blockIn(document: string, heading: string, language: string): string {
  const [, section] = readFileSync(join(import.meta.dirname, '../..', document), 'utf8').split(`\n## ${heading}\n`);
  return new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(section!)![1]!;
}

let services: Awaited<ReturnType<typeof testServices>>;
let ask: Ask;
let port: number;
let hostId: string;
let person: Awaited<ReturnType<typeof browserOf>>;

beforeEach(async () => {
  services = await testServices();
  person = await browserOf(services, await addPerson(services, 'administrator', 'admin@example.com'));
  ({ enrolmentId: hostId } = await strangerOf(services).agents.register(await registrationOf('web-01.example.com')));
  ({ ask, port } = await serveRestApi(services));
});

const stateOf = async () => (await person.hosts.byId({ hostId })).host.state;

test('what the README does by curl is done', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'ca.crt'), services.authority.signing.pem);
  const { key } = await person.apiKeys.create({
    name: 'Guide',
    permissions: ['hosts.read', 'hosts.approve', 'audit.read'],
  });
  const script = blockIn('README.md', 'REST', 'sh')
    .replace('curl -sS', 'curl -sS --fail-with-body')
    .replace('data/certs/ca.crt', join(folder, 'ca.crt'))
    .replaceAll('https://localhost:6443', `https://127.0.0.1:${port}`)
    .replace('"…"', JSON.stringify(PASSWORD));
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: folder,
    env: { NODE_ENV: 'test', PATH: process.env.PATH, KEY: key, ID: hostId },
  });
  expect(stdout).toContain('"hosts":[');
  expect(await stateOf()).toBe('never');
  expect(await readFile(join(folder, 'audit.csv'), 'utf8')).toContain('host.approve');
  expect(await readFile(join(folder, 'hosts.json'), 'utf8')).toContain('web-01.example.com');
});

test('what the document does by the typed client is done', async () => {
  const fetch: FetchWithHeaders = async (url, { method = 'GET', headers, body } = {}) => {
    const { pathname, search } = new URL(url as string);
    const answer = await ask(method, pathname + search, {
      headers: headers as Record<string, string>,
      text: body as string | undefined,
    });
    return {
      ok: answer.status < 300,
      json: async () => answer.body as unknown,
      headers: { get: (name) => (answer.headers[name.toLowerCase()] as string | undefined) ?? null },
    };
  };
  const [imported, ...code] = blockIn('docs/rest.md', 'The typed client', 'ts').split('\n');
  expect(imported).toBe("import { createApiClient } from './server/tokens/client';");
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- it is our own document's, and is to be seen to work
  const run = new Function('createApiClient', 'token', 'fetch', `return (async () => {${code.join('\n')}})()`) as (
    ...given: unknown[]
  ) => Promise<void>;
  await run(createApiClient, await logIn(ask, 'admin@example.com'), fetch);
  expect(await stateOf()).toBe('never');
});
