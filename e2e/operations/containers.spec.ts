import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { expect, test } from '@playwright/test';
import { parse } from 'yaml';
import { z } from 'zod';
import { findCompose } from './find-compose';
import { clean, copyMachine, type MachineCopy, runCommand, whyNoCopy } from './machine-copy';
import { whyNoLan } from '../lan';
import { type Instruction, lastOf, listOf, readDockerfile, type Stage } from './read-dockerfile';
import { type Program, startCommand } from '../start-process';

const repository = join(import.meta.dirname, '../..');
const stages = readDockerfile(readFileSync(join(repository, 'Dockerfile'), 'utf8'));
const stageOf = (name: string) => stages.find((stage) => stage.name === name)!;

const texts = z.array(z.string());
/** What this test reads of a service; whether the file is a compose file at all is for `docker-compose` to say. */
const service = z.looseObject({
  image: z.string(),
  build: z.object({ context: z.string(), target: z.string() }).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  entrypoint: texts.optional(),
  command: texts.optional(),
  ports: texts.optional(),
  volumes: texts.optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).optional(),
  healthcheck: z.unknown().optional(),
});
const composition = z.object({ services: z.record(z.string(), service), volumes: z.record(z.string(), z.null()) });
type Service = z.infer<typeof service>;

const composeFile = join(repository, 'deploy/docker-compose.yml');

/** A `${NAME:-word}` of the compose file; one without a word must be among what deploy/.env has. */
function interpolate(_all: string, name: string, how: string | undefined, word: string): string {
  if (name === 'POSTGRES_PASSWORD') return 'only-of-this-test';
  if (how !== '-') throw new Error(`nobody says what ${name} is`);
  return word;
}

const { services, volumes } = composition.parse(
  parse(readFileSync(composeFile, 'utf8').replace(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, interpolate), { merge: true }),
);

test('the compose file is one by the schema of the Compose Specification', async () => {
  const compose = findCompose();
  test.skip(compose === null, 'docker-compose is not installed, and cannot be here');
  test.setTimeout(180_000);
  const read = (text: string, password = 'only-of-this-test') => {
    const env = { ...process.env, POSTGRES_PASSWORD: password };
    const [program = '', ...first] = [
      ...compose!,
      '--file',
      '-',
      '--project-directory',
      dirname(composeFile),
      'config',
    ];
    return spawnSync(program, first, { input: text, env, encoding: 'utf8' });
  };
  // Compose 1 is older than the key that names the project, and knows all others.
  const isFirst = spawnSync(compose![0]!, [...compose!.slice(1), 'version', '--short'], {
    encoding: 'utf8',
  }).stdout.startsWith('1.');
  const written = readFileSync(composeFile, 'utf8').replace(isFirst ? /^name: .*\n/m : /$^/, '');
  const { status, stdout, stderr } = read(written);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(Object.keys((parse(stdout) as { services: object }).services).sort()).toEqual(Object.keys(services).sort());
  expect(read(written, '').stderr, 'a password is asked for').toContain('write one into deploy/.env');
  for (const [right, wrong] of [
    ['read_only: true', 'read_only: sometimes'],
    ['stop_grace_period: 15s', 'stop_grace: 15s'],
    ['condition: service_healthy', 'condition: service_well'],
    ["['server:/var/lib/sysmanage']", "['elsewhere:/var/lib/sysmanage']"],
  ] as const) {
    expect(written).toContain(right);
    expect(read(written.replace(right, wrong)).status, wrong).not.toBe(0);
  }
});

test('what stands in the compose file refers to what there is, and runs without rights', () => {
  for (const [name, service] of Object.entries(services)) {
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      const isHealthKnown = services[other]?.healthcheck ?? service.build ?? services[other]?.build;
      expect(condition !== 'service_healthy' || isHealthKnown, `${name} waits for ${other}`).toBeTruthy();
    }
    for (const volume of service.volumes ?? []) expect(Object.keys(volumes)).toContain(volume.split(':')[0]);
    if (!service.image.startsWith('sysmanage-')) continue;
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
    const stage = stageOf(service.image.replace('sysmanage-', ''));
    expect(lastOf(stage, 'USER').text).toBe('sysmanage');
    if (service.build) expect([service.build.context, service.build.target]).toEqual(['..', stage.name]);
  }
  const { POSTGRES_USER, POSTGRES_PASSWORD } = services.database!.environment!;
  expect(services.server!.environment!.DATABASE_URL).toBe(
    `postgres://${POSTGRES_USER}:${POSTGRES_PASSWORD}@database/${POSTGRES_USER}`,
  );
  const exposed = lastOf(stageOf('server'), 'EXPOSE').text.split(' ');
  expect(services.server!.ports).toEqual(exposed.map((port) => `${port}:${port}`));
});

const obstacle = whyNoCopy() ?? whyNoLan();

test('the images are made as the Dockerfile says, and the services of the compose file find one another', async () => {
  test.skip(obstacle !== null, obstacle ?? '');
  test.setTimeout(600_000);
  const folder = mkdtempSync(join(tmpdir(), 'sysmanage-containers-'));
  const network = `sysm-${process.pid}-containers`;
  execFileSync('ip', ['netns', 'add', network]);
  execFileSync('ip', ['-n', network, 'link', 'set', 'lo', 'up']);
  const within = ['nsenter', `--net=/run/netns/${network}`, '--'];
  const images = new Map<string, MachineCopy>();
  const running: Program[] = [];
  let postgresql: ChildProcess | undefined;
  try {
    for (const stage of stages) images.set(stage.name, await makeImage(stage, images));
    // Beside Node and the system: what the lines of the Dockerfile have added.
    for (const [name, megabytes] of [
      ['server', 200],
      ['agent', 5],
    ] as const)
      expect(await megabytesOf(images.get(name)!.changes), name).toBeLessThan(megabytes);
    for (const image of images.values())
      await image.run(['sh', '-c', `echo '127.0.0.1 localhost ${Object.keys(services).join(' ')}' > /etc/hosts`]);

    const keeper = [...within, process.execPath, join(repository, 'db/run-test-postgresql.mjs')];
    postgresql = spawn(keeper[0]!, keeper.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] });
    const [url] = (await once(postgresql.stdout!, 'data')) as [Buffer];
    const { server, token, agent } = services;
    for (const { environment } of [server!, token!]) environment!.DATABASE_URL = String(url).trim();

    const inServer = container(images.get('server')!, stageOf('server'), server!, folder);
    running.push(startCommand('server', [...within, ...inServer()]));
    const health = healthOf(stageOf('server'));
    await expect(() => runCommand([...within, ...inServer(health)])).toPass({ timeout: 60_000 });

    await expect(runCommand([...within, ...inServer(['touch', 'there'])])).rejects.toThrow('Read-only file system');
    expect(await runCommand([...within, ...inServer(['sh', '-c', 'id -u; grep CapBnd /proc/self/status'])])).toMatch(
      /^10001\nCapBnd:\s0+\n$/,
    );

    const inToken = container(images.get('server')!, stageOf('server'), token!, folder)();
    await runCommand([...within, ...inToken]);
    const kept = readFileSync(join(folder, 'enrolment/token'), 'utf8');
    expect(kept).toMatch(/^sysmanage_/);
    await runCommand([...within, ...inToken]);
    expect(readFileSync(join(folder, 'enrolment/token'), 'utf8'), 'it is made once').toBe(kept);

    const inAgent = container(images.get('agent')!, stageOf('agent'), agent!, folder);
    running.push(startCommand('agent', [...within, ...inAgent()]));
    const ask = (url: string) => `fetch('${url}').then(async (answer) => console.log(await answer.text()))`;
    const figures = () => runCommand([...within, ...inServer(['node', '-e', ask('http://127.0.0.1:9100/metrics')])]);
    await expect.poll(figures, { timeout: 30_000 }).toMatch(/^sysmanage_agents_connected 1$/m);

    await test.step('by itself the image of the agent looks for a server', async () => {
      const { command: _named, volumes: _shared, ...alone } = agent!;
      const volumes = ['alone:/etc/sysmanage-agent'];
      const looking = container(images.get('agent')!, stageOf('agent'), { ...alone, volumes }, folder)();
      const program = startCommand('agent alone', [...within, ...looking]);
      running.push(program);
      await program.printed(/no server is named: looking for one/);
    });

    const trusting = ['env', 'NODE_EXTRA_CA_CERTS=/var/lib/sysmanage/certs/ca.crt'];
    const page = await runCommand([
      ...within,
      ...inServer([...trusting, 'node', '-e', ask('https://localhost:7443/sign-in')]),
    ]);
    expect(page).toContain('SysManage</title>');
    await test.step('the documented commands make a backup and restore it into new volumes', async () => {
      const [backup = [], restore = []] = documentedBackup();
      writeFileSync(join(folder, 'backup.passphrase'), 'a passphrase of some length\n');
      const carryOut = async (lines: string[], inContainer: ReturnType<typeof container>) => {
        for (const line of lines) {
          const command = withoutEngine(line, [...within, ...inContainer([])]);
          if (command) await runCommand(['sh', '-euc', `cd "$0"; ${command}`, folder]);
        }
      };
      await carryOut(backup, inServer);
      for (const program of running.splice(0).reverse()) expect(await program.stop(), program.output()).toBe(0);
      rmSync(join(folder, 'server'), { recursive: true });
      const { environment } = server!;
      const pg = join(repository, 'node_modules/pg');
      await runCommand([...within, process.execPath, '-e', MAKE_DATABASE, pg, environment!.DATABASE_URL!]);
      environment!.DATABASE_URL = environment!.DATABASE_URL!.replace(/[^/]*$/, 'restored');
      const anew = container(images.get('server')!, stageOf('server'), server!, folder);
      await carryOut(restore, anew);
      expect(
        await runCommand([...within, ...anew(['node', 'build/server/sysmanage.js', 'audit', 'verify'])]),
      ).toContain('The audit log is whole');
    });
  } finally {
    for (const program of running.reverse()) await program.stop();
    if (postgresql) {
      const gone = once(postgresql, 'close');
      postgresql.stdin!.end();
      await gone;
    }
    for (const image of images.values()) await image.close();
    execFileSync('ip', ['netns', 'del', network]);
    rmSync(folder, { recursive: true });
  }
});

const megabytesOf = async (folder: string) => {
  const [kilobytes] = (await runCommand(['du', '--summarize', '--block-size=1K', folder])).split('\t');
  return Number(kilobytes) / 1024;
};

const MAKE_DATABASE = `
  const client = new (require(process.argv[1]).Client)(process.argv[2]);
  client.connect().then(() => client.query('create database restored')).then(() => client.end());`;

/** The lines that make a backup and those that restore it, of the blocks of docs/operations.md. */
const documentedBackup = () =>
  [
    ...readFileSync(join(repository, 'docs/operations.md'), 'utf8').matchAll(/^```sh\n(docker compose [^]*?)^```/gm),
  ].map(([, block]) => block!.trim().split('\n'));

/**
 * What an engine would run in a container of the server, with `prefix` in its place. Undefined for what starts
 * services.
 */
function withoutEngine(line: string, prefix: string[]): string | undefined {
  const [, how, entrypoint, rest] =
    /^docker compose --file \S+ (exec|run --rm)(?: -T)?(?: --entrypoint (\S+))? server (.*)$/.exec(line) ?? [];
  if (how === undefined) return undefined;
  const first = how === 'exec' ? [] : entrypoint ? [entrypoint] : listOf(lastOf(stageOf('server'), 'ENTRYPOINT'));
  const quoted = [...prefix, ...first].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  return [...quoted, rest].join(' ');
}

/** Packages come from where npm kept them when it installed ours; what is not there, it fetches. */
const FROM_CACHE = {
  npm_config_cache: execFileSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8' }).trim(),
  ...{ npm_config_prefer_offline: 'true', npm_config_audit: 'false', npm_config_fund: 'false' },
};

/** Carries the lines of a stage out on a copy of this machine, which has Node as the image it begins with has. */
async function makeImage(stage: Stage, others: Map<string, MachineCopy>): Promise<MachineCopy> {
  const image = await copyMachine();
  let cwd = '/';
  for (const { keyword, text, flags } of stage.instructions) {
    if (keyword === 'WORKDIR') await image.run(['mkdir', '-p', (cwd = text)]);
    if (keyword === 'COPY') {
      const names = text.split(' ');
      const to = posix.join(image.root, posix.resolve(cwd, names.at(-1)!), names.at(-1)!.endsWith('/') ? '/' : '');
      for (const name of names.slice(0, -1)) {
        const from = flags.from ? join(others.get(flags.from)!.changes, name) : join(repository, name);
        const isFolder = statSync(from).isDirectory();
        const into = isFolder || to.endsWith('/') ? to : dirname(to);
        await runCommand([...image.beside, 'mkdir', '-p', into]);
        await runCommand([...image.beside, 'cp', '-a', isFolder ? `${from}/.` : from, to]);
      }
    }
    if (keyword === 'RUN') await image.run(['sh', '-c', text], { cwd, env: FROM_CACHE });
  }
  return image;
}

/** How a command begins that is to run as in a container of a service: its user, its files, its rights. */
function container(image: MachineCopy, stage: Stage, service: Service, folder: string) {
  const mounts = (service.volumes ?? []).flatMap((volume) => {
    const [name = '', path = '', mode] = volume.split(':');
    if (!existsSync(join(folder, name))) {
      // An empty volume is as the image has it.
      const { uid, gid, mode } = statSync(join(image.changes, path));
      mkdirSync(join(folder, name), { mode });
      chownSync(join(folder, name), uid, gid);
    }
    return [`mount --bind "${join(folder, name)}" "${image.root}${path}"`].concat(
      mode ? `mount -o remount,bind,ro "${image.root}${path}"` : [],
    );
  });
  const environment = {
    ...Object.assign({}, ...stage.instructions.filter(({ keyword }) => keyword === 'ENV').map(environmentOf)),
    ...service.environment,
  } as Record<string, string>;
  const user = lastOf(stage, 'USER').text;
  const cwd = stage.instructions.findLast(({ keyword }) => keyword === 'WORKDIR')?.text ?? '/';
  const own = [
    ...(service.entrypoint ?? listOf(lastOf(stage, 'ENTRYPOINT'))),
    ...(service.command ?? listOf(lastOf(stage, 'CMD'))),
  ];
  const make = [
    `mount -o remount,bind,ro "${image.root}"`,
    `mount -t tmpfs tmpfs "${image.root}/tmp"`,
    ...mounts,
    'exec "$@"',
  ].join('\n');
  return (command = own) => [
    ...image.beside,
    ...['unshare', '--mount', '--propagation', 'private', 'sh', '-euc', make, 'sh', 'chroot', image.root],
    ...['setpriv', `--reuid=${user}`, `--regid=${user}`, '--clear-groups', '--no-new-privs', '--bounding-set=-all'],
    ...clean(environment),
    ...['sh', '-euc', 'cd "$0" && exec "$@"', cwd, ...command],
  ];
}

const environmentOf = ({ text }: Instruction) =>
  Object.fromEntries(text.split(' ').map((pair) => pair.split('=') as [string, string]));

const healthOf = (stage: Stage) => JSON.parse(/^CMD (.+)$/.exec(lastOf(stage, 'HEALTHCHECK').text)![1]!) as string[];
