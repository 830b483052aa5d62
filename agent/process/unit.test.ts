import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseArguments } from './arguments';
import { EXIT } from './exit-codes';

const unitFile = join(import.meta.dirname, '../../deploy/systemd/sysmanage-agent.service');

test('the agent is told that a service manager starts it, and is not started again for what a person must mend', () => {
  const unit = readFileSync(unitFile, 'utf8');
  const [, ...args] = /^ExecStart=\S+ (.+)$/m.exec(unit)![1]!.split(' ');
  expect(parseArguments(args)).toMatchObject({ service: true, stateDir: '/etc/sysmanage-agent' });
  // A disk that is full may have room again.
  const passing: number[] = [EXIT.OK, EXIT.SOFTWARE, EXIT.ALREADY_RUNNING, EXIT.STATE];
  const prevented = /^RestartPreventExitStatus=(.+)$/m.exec(unit)![1]!.split(' ').map(Number);
  expect(prevented).toEqual(Object.values(EXIT).filter((code) => !passing.includes(code)));
});
