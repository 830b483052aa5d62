import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const root = dirname(import.meta.dirname);
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const markdownIn = (folder: string) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));
const forReaders = ['README.md', ...markdownIn('docs')];

/** Commands of a document: what stands in its blocks of shell, a line each, and what its sentences have as code. */
function commandsIn(document: string): string[] {
  const text = read(document);
  const blocks = [...text.matchAll(/^ *```sh\n([^]*?)^ *```/gm)].flatMap(([, block]) => block!.split('\n'));
  const inline = [...text.replace(/^ *```[^]*?^ *```/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!);
  return [...blocks.map((line) => line.replace(/(^|\s)#.*/, '')), ...inline]
    .flatMap((line) => line.split(/&&|\|/))
    .map((line) => line.trim());
}

const commands = forReaders.flatMap((document) => commandsIn(document).map((command) => ({ document, command })));
const flagsOf = (command: string) => command.match(/(?<=\s)--[a-z][a-z-]+/g) ?? [];
const help = (program: string, ...args: string[]) =>
  execFileSync(process.execPath, [join(root, 'build', program), ...args, '--help'], { encoding: 'utf8' });

/** The slug of a heading, as forges make it. */
const slugOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\- ]/gu, '')
    .replaceAll(' ', '-');

test.each([...forReaders, ...markdownIn('docs/decisions')])('what %s refers to is there', (document) => {
  for (const [, target = ''] of read(document).matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target)) continue;
    const [path = '', anchor] = target.split('#');
    const file = path ? join(dirname(document), path) : document;
    expect(existsSync(join(root, file)), `${target} in ${document}`).toBe(true);
    if (anchor === undefined) continue;
    const slugs = [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => slugOf(heading!));
    expect(slugs, `${target} in ${document}`).toContain(anchor);
  }
});

test('each command of sysmanage that a document names is one, and has the flags that are given', () => {
  const listed = help('server/sysmanage.js');
  const known = new Map<string, string>();
  let found = 0;
  for (const { document, command } of commands) {
    const [, words] = /^(?:sudo -u \S+ )?(?:npx )?sysmanage ([a-z].*)$/.exec(command) ?? [];
    if (!words) continue;
    found++;
    const [first = '', second = ''] = words.split(' ');
    const name = listed.includes(`\n  ${first} ${second} `) && second ? `${first} ${second}` : first;
    expect(listed, `${command} in ${document}`).toMatch(new RegExp(`\\n  ${name}[ \\n]`));
    if (!known.has(name)) known.set(name, help('server/sysmanage.js', ...name.split(' ')));
    for (const flag of flagsOf(command)) expect(known.get(name), `${command} in ${document}`).toContain(flag);
  }
  expect(found).toBeGreaterThan(10);
});

test('each option of the agent that a document gives it is one', () => {
  const texts = { agent: help('agent/sysmanage-agent.cjs'), install: help('agent/sysmanage-agent.cjs', 'install') };
  let found = 0;
  for (const { document, command } of commands) {
    const [, words] = /^(?:node \S*sysmanage-agent\.cjs|sysmanage-agent|npm run agent --) (.*)$/.exec(command) ?? [];
    if (words === undefined) continue;
    found++;
    const text = words.startsWith('install') ? texts.install + texts.agent : texts.agent;
    for (const flag of flagsOf(` ${words}`)) expect(text, `${command} in ${document}`).toContain(`${flag}`);
  }
  expect(found).toBeGreaterThan(5);
});

test('each script of npm that a document runs is one, and each file of ours that a command takes is there', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  for (const { document, command } of commands) {
    const [, name] = /^npm (?:run )?(start|test|[a-z:0-9]+)\b/.exec(command) ?? [];
    if (name && !['ci', 'install', 'ls', 'sbom'].includes(name))
      expect(Object.keys(scripts), `${command} in ${document}`).toContain(name);
    for (const [path] of command.matchAll(/(?<=\s)(?:deploy|tools|docs|e2e)\/[\w./-]+/g))
      if (path !== 'deploy/.env') expect(existsSync(join(root, path)), `${path} in ${document}`).toBe(true);
  }
});

test('each place on the map of the README is there: a path as it stands, or a name in the folder of the one before', () => {
  const rows =
    read('README.md')
      .split('## Security model')[0]!
      .match(/^\|.*\|$/gm) ?? [];
  let found = 0;
  for (const row of rows) {
    let folder = '';
    for (const [, name = ''] of row.matchAll(/`([\w./-]+(?:\.(?:ts|tsx|mjs|md|css|json|sql)|\/))`/g)) {
      if (name.startsWith('.')) continue;
      const path = [name, join(folder, name)].find((path) => existsSync(join(root, path)));
      expect(path, `${name} in ${row}`).toBeDefined();
      folder = path!.endsWith('/') ? path! : dirname(path!);
      found++;
    }
  }
  expect(found).toBeGreaterThan(100);
});

/**
 * What a command of a document looks like, and the test that runs it: a text that this file could not do so without.
 * The first that fits counts.
 */
const RUN: [command: RegExp, file: string, text: string][] = [
  [
    /^(npx )?sysmanage (audit|backup|restore|db|users link)\b/,
    'e2e/operations/production.spec.ts',
    'documentedCommands()',
  ],
  [
    /^(sudo -u sysmanage|install -d|install -o sysmanage -m 0600 \/dev\/stdin) /,
    'e2e/operations/packages.spec.ts',
    'documented',
  ],
  [/^(npx )?sysmanage (doctor|version)$/, 'e2e/operations/packages.spec.ts', "asUser('sysmanage doctor')"],
  [/^npx sysmanage (--help|COMMAND)$/, 'tools/documents.test.ts', "help('server/sysmanage.js')"],
  [/^node (FOLDER\/)?build\/server\/sysmanage\.js /, 'e2e/start-server.ts', "startProgram('server/sysmanage.js'"],
  [/^npm start\b/, 'e2e/operations/documented-commands.spec.ts', "'npm start -- --no-local-agent'"],
  [/^npm run dev$/, 'e2e/operations/documented-commands.spec.ts', "'npm run dev -- --no-local-agent'"],
  [/^npm run agent /, 'e2e/operations/documented-commands.spec.ts', 'npm run agent'],
  [
    /^(node sysmanage-agent\.cjs --|echo sysmanage_…$)/,
    'e2e/operations/documented-commands.spec.ts',
    'node sysmanage-agent',
  ],
  [
    /^node sysmanage-agent\.cjs install --server /,
    'e2e/operations/packages.spec.ts',
    'node /mnt/agent.cjs install --server',
  ],
  [/^node sysmanage-agent\.cjs install --print/, 'agent/install/install.test.ts', "'--print'"],
  [/^sysmanage-agent install\b/, 'e2e/operations/packages.spec.ts', "'sysmanage-agent install --server"],
  [/^apt install \.\//, 'e2e/operations/packages.spec.ts', "apt('install', server, agent)"],
  [/^npm run package$/, 'e2e/operations/packages.spec.ts', "'tools/package.mjs'"],
  [/^npm run build$/, 'tools/test.mjs', "'tools/build.mjs'"],
  [/^npm run lint$/, 'tools/test.mjs', "'eslint'"],
  [/^npm run test:e2e$/, 'tools/test.mjs', "'playwright', 'test'"],
  [/^npx vitest run --project unit tools\/words/, 'tools/test.mjs', "'vitest', 'run'"],
  [/^npm ci --omit=dev$/, 'e2e/operations/production.spec.ts', 'tools/build/install-packages.mjs'],
  [/^(TOKEN=\$\()?api /, 'server/rest/guide.rules.test.ts', 'what the README does by curl is done'],
  [/^exec curl .*\/inventory\/ansible/, 'server/inventory/real-programs.rules.test.ts', 'docs/inventory.md'],
];
/** And what none runs, and why. */
const NOT_RUN: [command: RegExp, why: string][] = [
  [/^npm (ci|test|run (validate|coverage))$/, 'it is what runs the tests, or all of them again'],
  [/^npm run (format|words)$/, 'it writes into the sources; that there is nothing to write is a check of its own'],
  [/^npm run db:generate\b/, 'it writes a migration'],
  [
    /^node --(expose-gc|import tsx|cpu-prof)\b/,
    'it measures, which takes minutes; that its file is there is a test above',
  ],
  [/^npm run test:gallery$/, 'it makes pictures for people'],
  [/^npx playwright install /, 'it downloads a browser'],
  [/^(systemctl|journalctl) /, 'no systemd runs where tests do; e2e/operations/packages.spec.ts reads what it is told'],
  [/^(docker compose|cp deploy\/env)/, 'no container engine; e2e/operations/containers.spec.ts does what they would'],
  [/^(editor|install -o sysmanage -m 0600 FILE) /, 'it is for a person'],
  [/^curl -i -X POST https:\/\/NAME\/origin /, 'it is for a proxy of the reader’s own'],
];

test('each command of a document is run by a test, or has a reason why not', () => {
  const isCommand =
    /^(npm|npx|node|curl|docker|sudo|install|systemctl|journalctl|apt|exec|editor|cp|api|TOKEN=|echo|sysmanage(-agent)?) /;
  const unused = new Set<RegExp>([...RUN, ...NOT_RUN].map(([pattern]) => pattern));
  const unknown = [];
  for (const { document, command } of commands) {
    if (!isCommand.test(command)) continue;
    const [known] = [...RUN, ...NOT_RUN].find(([pattern]) => pattern.test(command)) ?? [];
    if (known) unused.delete(known);
    else unknown.push(`${command} in ${document}`);
  }
  expect(unknown).toEqual([]);
  expect([...unused], 'in no document').toEqual([]);
  for (const [command, file, text] of RUN) expect(read(file), `${command}`).toContain(text);
});

test('each setting has a row, and each row is a setting', () => {
  const rows = [...read('docs/settings.md').matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell]) => {
    let noun = '';
    return [...cell!.matchAll(/`([^`]+)`/g)].map(([, key]) => {
      if (!key!.startsWith('.')) noun = key!.split('.').slice(0, -1).join('.');
      return key!.startsWith('.') ? `${noun}${key}` : key!;
    });
  });
  const shown = execFileSync(process.execPath, [join(root, 'build/server/sysmanage.js'), 'config', 'show', '--json'], {
    encoding: 'utf8',
    env: { NODE_ENV: 'test', PATH: process.env.PATH, SYSMANAGE_DATA_DIR: tmpdir() },
  });
  expect(rows.sort()).toEqual(Object.keys(JSON.parse(shown) as object).sort());
});

test('the front door stays short: what is reference is in docs/', () => {
  expect(read('README.md').split(/\s+/).length).toBeLessThan(3_500);
});

test.each(markdownIn('docs/decisions'))('%s is a screen', (document) => {
  expect(read(document).split('\n').length).toBeLessThan(52);
});

const WIDTH = 120;

test.each([...forReaders, ...markdownIn('docs/decisions')])('no line of %s is wider than a screen', (document) => {
  // But of a table, and of what is run or shown as it stands.
  const text = read(document).replace(/^ *```[^]*?^ *```/gm, '');
  expect(text.split('\n').filter((line) => line.length > WIDTH && !/^ *\|/.test(line))).toEqual([]);
});

test('nor is a comment in code', () => {
  const wide = ['agent', 'app', 'db', 'e2e', 'server', 'tools', 'words'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter((path) => /(?<!\.d)\.(ts|tsx|mjs)$/.test(path))
      .flatMap((path) =>
        read(path)
          .split('\n')
          .filter((line) => line.length > WIDTH && /^\s*(\/\/|\/?\*)/.test(line))
          .map((line) => `${path}: ${line}`),
      ),
  );
  expect(wide).toEqual([]);
});
