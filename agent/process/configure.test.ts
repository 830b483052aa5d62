import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { inEnglish } from '../../words/say';
import { Documents } from '../configuration/documents';
import { openStateFolder } from '../state/open-folder';
import { keepingIn, makeStateFolder, recordLog } from '../testing';
import { parseArguments } from './arguments';
import { configure } from './configure';

const [before, after] = ['https://before.test:6443', 'https://after.test:6443'];

/** A machine that was killed when it was moved, and before its agent.yaml said so. */
function killedHalfway(settings = '') {
  const folder = makeStateFolder();
  openStateFolder(folder);
  const yaml = () => readFileSync(join(folder, 'agent.yaml'), 'utf8');
  writeFileSync(join(folder, 'agent.yaml'), `# ours\nserver: ${before}\n${settings}`);
  const documents = Documents.open(folder, keepingIn(folder, recordLog().log).keeper);
  documents.begin({ hash: '1'.repeat(64) }, { server: { addresses: [after] } });
  const acted = readFileSync(join(folder, 'acted.json'));
  documents.confirm();
  writeFileSync(join(folder, 'acted.json'), acted);
  const start = async (...given: string[]) => {
    const { servers, configured, unlock } = await configure(
      parseArguments(['--state-dir', folder, ...given]),
      inEnglish,
    );
    unlock();
    return { servers: servers.map(({ origin }) => origin), addresses: configured.own.addresses };
  };
  return { start, yaml };
}

it('writes where it was moved to when it was killed before that, and takes it for nobody’s edit', async () => {
  const { start, yaml } = killedHalfway();
  expect(await start()).toEqual({ servers: [after], addresses: [after] });
  expect(yaml()).toBe(`# ours\nserver: ${after}\n`);
});

it('leaves there what the owner of the machine has locked, or says at the start', async () => {
  const locked = killedHalfway('lock: [server.addresses]\n');
  expect(await locked.start()).toEqual({ servers: [before], addresses: [before] });
  const told = killedHalfway();
  expect(await told.start('--server', 'https://other.test:6443')).toMatchObject({
    servers: ['https://other.test:6443', after],
  });
  expect(told.yaml()).toContain('server: https://other.test:6443\n');
});

it('takes no other configuration while agent.yaml has keys that it does not know, and what they lock with them', async () => {
  const folder = makeStateFolder();
  openStateFolder(folder);
  const write = (text: string) => writeFileSync(join(folder, 'agent.yaml'), text);
  writeFileSync(join(folder, 'client.crt'), '');
  write(`server: ${before}\nlokc: [server.addresses]\n`);
  const { configured, unlock } = await configure(parseArguments(['--state-dir', folder]), inEnglish);
  unlock();
  const check = () => configured.check!({ server: { addresses: [after] } }, {});
  expect(check).toThrow('lokc');
  expect(configured.readOwn!).toThrow('lokc');
  expect(check).toThrow('lokc');
  write(`server: ${before}\nlock: [server.addresses]\n`);
  expect(configured.readOwn!().lock).toEqual(['server.addresses']);
  expect(check).not.toThrow();
});
