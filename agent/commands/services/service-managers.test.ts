import { describe, expect, it } from 'vitest';
import type { Acting } from '../processes/processes';
import type { Program } from '../processes/run-program';
import { runSteps } from '../packages/package-manager';
import { SERVICE_MANAGERS, type ServiceManager } from './service-managers';

const managers = Object.values(SERVICE_MANAGERS).flat();
const managerOf = (tool: string) => managers.find((manager) => manager.tool === tool)!;

type Action = Parameters<ServiceManager['steps']>[1];
const ACTIONS: Action[] = ['restart', 'start', 'stop', 'enable', 'disable', 'status'];

describe('what each service manager is told', () => {
  it.each<[string, Record<Action, string[]>]>([
    [
      'systemctl',
      Object.fromEntries(
        ACTIONS.map((action) => [action, [`systemctl --no-ask-password --no-pager --full ${action} -- web`]]),
      ) as Record<Action, string[]>,
    ],
    [
      'rc-service',
      {
        ...{ restart: ['rc-service web restart'], start: ['rc-service web start'], stop: ['rc-service web stop'] },
        ...{ enable: ['rc-update add web default'], disable: ['rc-update delete web default'] },
        status: ['rc-service web status'],
      },
    ],
    [
      'update-rc.d',
      {
        ...{ restart: ['service web restart'], start: ['service web start'], stop: ['service web stop'] },
        enable: ['update-rc.d web defaults', 'update-rc.d web enable'],
        disable: ['update-rc.d web defaults', 'update-rc.d web disable'],
        status: ['service web status'],
      },
    ],
    [
      'service',
      {
        ...{ restart: ['service web onerestart'], start: ['service web onestart'], stop: ['service web onestop'] },
        ...{ enable: ['service web enable'], disable: ['service web disable'], status: ['service web onestatus'] },
      },
    ],
    [
      'rcctl',
      {
        ...{ restart: ['rcctl restart web'], start: ['rcctl start web'], stop: ['rcctl stop web'] },
        ...{ enable: ['rcctl enable web'], disable: ['rcctl disable web'], status: ['rcctl check web'] },
      },
    ],
    [
      'launchctl',
      {
        ...{ restart: ['launchctl kickstart -k system/web'], start: ['launchctl kickstart system/web'] },
        ...{ stop: ['launchctl kill SIGTERM system/web'], enable: ['launchctl enable system/web'] },
        ...{ disable: ['launchctl disable system/web'], status: ['launchctl print system/web'] },
      },
    ],
    [
      'sc',
      {
        ...{ restart: ['net stop web', 'net start web'], start: ['net start web'], stop: ['net stop web'] },
        ...{ enable: ['sc config web start= auto'], disable: ['sc config web start= disabled'] },
        status: ['sc queryex web'],
      },
    ],
  ])('%s', (tool, lines) => {
    const told = (action: Action) =>
      managerOf(tool)
        .steps('web', action)
        .map(({ file, args }) => [file, ...args].join(' '));
    expect(Object.fromEntries(ACTIONS.map((action) => [action, told(action)]))).toEqual(lines);
  });

  it('is one argument, whatever the service is called', () => {
    for (const manager of managers)
      for (const action of ACTIONS) {
        const steps = manager.steps('My Service', action);
        const args = steps.flatMap((step) => step.args);
        expect(args.filter((arg) => arg.includes('My Service'))).toHaveLength(steps.length);
      }
  });
});

/** Programs that end with such a code. */
function actingWith(codes: Record<string, number>) {
  const ran: string[] = [];
  const run = ({ file, args }: Program) => {
    const line = [file, ...args].join(' ');
    ran.push(line);
    return Promise.resolve({ exitCode: codes[line] ?? 0 });
  };
  return { ran, acting: { run } as unknown as Acting };
}

describe('what their answers mean', () => {
  it.each([
    ['systemctl', 'systemctl --no-ask-password --no-pager --full status -- web', 3],
    ['rc-service', 'rc-service web status', 3],
    ['update-rc.d', 'service web status', 3],
    ['service', 'service web onestatus', 1],
    ['rcctl', 'rcctl check web', 1],
  ])('%s: a service that does not run has a status like any other', async (tool, line, code) => {
    const { acting } = actingWith({ [line]: code });
    expect(await runSteps(managerOf(tool).steps('web', 'status'), acting)).toEqual({ exitCode: 0 });
    const unknown = actingWith({ [line]: 4 });
    expect(await runSteps(managerOf(tool).steps('web', 'status'), unknown.acting)).toEqual({ exitCode: 4 });
  });

  it('a Windows service that was stopped already is started by a restart, and one that does not stop is not', async () => {
    const stopped = actingWith({ 'net stop web': 2 });
    expect(await runSteps(managerOf('sc').steps('web', 'restart'), stopped.acting)).toEqual({ exitCode: 0 });
    expect(stopped.ran).toEqual(['net stop web', 'net start web']);
    const stuck = actingWith({ 'net stop web': 1 });
    expect(await runSteps(managerOf('sc').steps('web', 'restart'), stuck.acting)).toEqual({ exitCode: 1 });
    expect(stuck.ran).toEqual(['net stop web']);
  });
});
