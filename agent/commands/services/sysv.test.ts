/** Debian's service and update-rc.d for real: on a script in /etc/init.d that the test makes and takes away again. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findTools, thisMachine } from '../abilities';
import { createAct } from '../kinds/act';
import { createProcesses } from '../processes/processes';
import { findProgram } from '../processes/run-program';
import type { Command } from '../command-kinds';
import type { Exit } from '../machine';

const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';
const machine = thisMachine(PATH);
// Where another one is in charge the agent asks that one.
const canRun =
  machine.isRoot && findTools(machine).services?.tool === 'update-rc.d' && findProgram('start-stop-daemon', PATH);

function makeService() {
  const name = `sysmanage-test-${process.pid}`;
  const [script, folder] = [`/etc/init.d/${name}`, mkdtempSync(join(tmpdir(), 'sysmanage-service-'))];
  const pidFile = join(folder, 'pid');
  const daemon = `--pidfile ${pidFile} --exec /bin/sleep`;
  writeFileSync(
    script,
    `#!/bin/sh
### BEGIN INIT INFO
# Provides: ${name}
# Required-Start:
# Required-Stop:
# Default-Start: 2 3 4 5
# Default-Stop: 0 1 6
# Short-Description: of a test
### END INIT INFO
case "$1" in
  start) start-stop-daemon --start --background --make-pidfile ${daemon} -- 3600 ;;
  stop) start-stop-daemon --stop --retry 5 --oknodo --remove-pidfile ${daemon} ;;
  restart) "$0" stop && "$0" start ;;
  status) start-stop-daemon --status ${daemon} ;;
  *) exit 2 ;;
esac
`,
    { mode: 0o755 },
  );
  const env = { PATH, NODE_ENV: 'test' } as const;
  onTestFinished(() => {
    execFileSync(script, ['stop'], { env, stdio: 'ignore' });
    rmSync(script);
    execFileSync('update-rc.d', [name, 'remove'], { env, stdio: 'ignore' });
    rmSync(folder, { recursive: true });
  });
  return { name, pidFile };
}

test.runIf(canRun)('a service is started, restarted, stopped, enabled and disabled by its script', async () => {
  const { name, pidFile } = makeService();
  const nothing = () => Promise.reject(new Error('not asked for'));
  const act = createAct({
    machine,
    readFacts: nothing,
    readAbilities: nothing as never,
    logTail: String,
    journalTail: String,
  });
  const processes = createProcesses({ act, environment: { PATH }, boot: 'boot' });
  let runs = 0;
  let said = '';
  const tell = async (action: Extract<Command, { kind: 'restart_service' }>['action'], service = name) => {
    const { exitCode } = await new Promise<Exit>((ended) =>
      processes.start(
        `service-${++runs}`,
        { kind: 'restart_service', service, action },
        { output: (_stream, bytes) => void (said += bytes.toString()), ended },
      ),
    );
    return exitCode;
  };
  const isUp = () => existsSync(pidFile) && existsSync(`/proc/${readFileSync(pidFile, 'utf8').trim()}`);
  /** Whether the machine starts it in runlevel 2. */
  const isEnabled = () => readdirSync('/etc/rc2.d').some((link) => link.startsWith('S') && link.endsWith(name));

  // One that does not run has a status like any other.
  expect(await tell('status'), said).toBe(0);
  expect(await tell('start'), said).toBe(0);
  // It is a service: it outlives the run that started it.
  expect(isUp()).toBe(true);
  const first = readFileSync(pidFile, 'utf8');
  expect(await tell('restart'), said).toBe(0);
  expect(isUp()).toBe(true);
  expect(readFileSync(pidFile, 'utf8')).not.toBe(first);
  expect(await tell('status'), said).toBe(0);
  expect(await tell('stop'), said).toBe(0);
  expect(isUp()).toBe(false);

  expect(await tell('enable'), said).toBe(0);
  expect(isEnabled()).toBe(true);
  expect(await tell('disable'), said).toBe(0);
  expect(isEnabled()).toBe(false);
  expect(await tell('enable'), said).toBe(0);
  expect(isEnabled()).toBe(true);
  expect(await tell('start', `${name}-no-such`)).not.toBe(0);
});
