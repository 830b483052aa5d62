/**
 * How soon an edit of agent.yaml is shown: from the write until the server answers with it, of the built agent that is
 * connected; and how soon it has what is saved for it, and is back from where nobody is.
 * `npm run build && node --import tsx e2e/load/drift.ts [EDITS]` prints JSON, with figures in milliseconds.
 *
 * - `shown`: at most 2000 are wanted. The agent looks at its file once a second, so that half of one passes before.
 * - `ceiling`: how long the same question takes when nothing was edited.
 * - `applied`: from the request that saves another document until the server answers that the agent has it in force; at
 *   most 1000 are wanted. `moved`: the same of one that takes a new connection.
 * - `back`: from the request that saves an address where nobody is until the server answers that the agent went back,
 *   once, with the limit that there is unless one is set: a minute.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startProgram } from '../start-process';
import { ADMIN_ENVIRONMENT, startServer } from '../start-server';
import { describeMachine } from './measure/describe-machine';
import { enrolAgent } from './agents/enrol-agent';
import { median } from './measure/measure';
import { signIn } from './servers/sign-in';

const EDITS = Number(process.argv[2] ?? 20);

const stops: (() => unknown)[] = [];
try {
  const dataDir = await mkdtemp(join(tmpdir(), 'sysmanage-load-'));
  stops.push(() => rm(dataDir, { recursive: true }));
  const stateDir = join(dataDir, 'machine');
  const server = await startServer({ dataDir: join(dataDir, 'server'), env: ADMIN_ENVIRONMENT });
  stops.push(() => server.stop());
  await enrolAgent(server, stateDir);
  // Its own file says where the server is, so that this is edited, too.
  const agent = startProgram('agent/sysmanage-agent.cjs', ['--state-dir', stateDir]);
  stops.push(() => agent.stop());
  await agent.printed(/connected to/);
  const admin = await signIn(server.url);
  const { hosts } = await admin.get<{ hosts: { id: string }[] }>('hosts.list', {});
  const hostId = hosts[0]!.id;
  const find = () =>
    admin.get<{ status: string; drift: { key: string; local: unknown }[] }>('configuration.ofHost', { hostId });
  /** Resolves with how long it took. */
  const save = async (document: object, becomes = 'applied') => {
    const start = performance.now();
    await admin.post('configuration.saveHost', { hostId, document, etag: '*' });
    while ((await find()).status !== becomes) await pause(5);
    return performance.now() - start;
  };
  const document = { log: { level: 'info' }, server: { addresses: [server.agentsUrl] } };
  await save(document);
  const applied: number[] = [];
  const moved: number[] = [];
  for (let edit = 0; edit < EDITS; edit++)
    applied.push(await save({ ...document, heartbeat: { interval_seconds: 1000 + edit } }));
  for (let edit = 0; edit < EDITS; edit++)
    moved.push(await save({ ...document, heartbeat: { ping_seconds: 21 + edit } }));
  await save(document);

  const file = join(stateDir, 'agent.yaml');
  const unedited = await readFile(file, 'utf8');
  const shown: number[] = [];
  const ceiling: number[] = [];
  for (let edit = 0; edit < EDITS; edit++) {
    const elsewhere = `https://127.0.0.1:${edit + 1}`;
    const edits = [`${unedited}log: { level: debug }\n`, unedited.replace(/^server: .+$/m, `server: ${elsewhere}`)];
    // At any moment between two looks of the agent's.
    await pause(Math.random() * 1000);
    const start = performance.now();
    await writeFile(file, edits[edit % 2]!);
    const [key, local] = edit % 2 === 0 ? ['log.level', 'debug'] : ['server.addresses', elsewhere];
    while (!(await find()).drift.some((one) => one.key === key && String(one.local) === local)) await pause(5);
    shown.push(performance.now() - start);
    await writeFile(file, unedited);
    while ((await find()).drift.length > 0) await pause(5);
    const asked = performance.now();
    await find();
    ceiling.push(performance.now() - asked);
  }
  const back = Math.round(await save({ server: { addresses: ['https://127.0.0.1:1'] } }, 'rolled_back'));
  const figures = (ms: number[]) => ({ median: Math.round(median(ms)), most: Math.round(Math.max(...ms)) });
  const results = {
    ...{ shown: figures(shown), ceiling: figures(ceiling) },
    ...{ applied: figures(applied), moved: figures(moved), back },
  };
  console.log(JSON.stringify({ benchmark: 'drift', machine: describeMachine(), edits: EDITS, ...results }, null, 2));
} finally {
  for (const stop of stops.reverse()) await stop();
}
