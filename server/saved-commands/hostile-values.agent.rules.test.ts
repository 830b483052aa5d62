/** The agent as it is shipped, a real shell, and what somebody types who wants more than to give a value. */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeStateFolder } from '../../agent/testing';
import { serveApi } from '../agents/testing';
import { startAgentProcess } from '../agents/testing-agent';
import { EVERY } from '../events';
import { administratorOf, personOf, testServices } from '../testing';

const PATIENCE = { timeout: 45_000 };

test('values reach a script as they were typed, and none of them is run', { timeout: 120_000 }, async () => {
  const services = await testServices({ SYSMANAGE_HEARTBEAT_INTERVAL_SECONDS: '3600' });
  const admin = await administratorOf(services);
  const operator = await personOf(services, 'operator');
  const server = `https://127.0.0.1:${await serveApi(services)}`;
  const scratch = mkdtempSync(join(tmpdir(), 'sysmanage-values-'));
  onTestFinished(() => rmSync(scratch, { recursive: true, force: true }));
  const stateDir = makeStateFolder();
  mkdirSync(stateDir, { mode: 0o700 });
  const registered = new Promise<string>((resolve) => {
    const stop = services.events.listen('host.approval_changed', EVERY, (changed) => (stop(), resolve(changed.hostId)));
  });
  startAgentProcess({ server, stateDir });
  const hostId = await registered;
  await admin.hosts.approve({ hostId });

  const ran = join(scratch, 'ran');
  const hostile = [
    ...[`$(touch ${ran})`, `\`touch ${ran}\``, `"; touch ${ran}; "`, `'; touch ${ran} #`, `; touch ${ran}`],
    ...[
      `| touch ${ran}`,
      `&& touch ${ran}`,
      '${PARAM_B}',
      '$PARAM_B',
      '*',
      '~',
      '\\',
      'it\'s "quoted"',
      '  two  ',
      '%s%n',
    ],
  ];
  const names = hostile.map((_, at) => String.fromCharCode(97 + at));
  const placeholders = [...names.map((name) => ({ name })), { name: 'secret', type: 'secret' as const }];
  const given = names.map((name) => `"$PARAM_${name.toUpperCase()}"`).join(' ');
  const { id: savedCommandId } = await admin.savedCommands.create({
    ...{ name: 'Print', kind: 'execute_shell', placeholders, runBy: 'commands.run' },
    parameters: { script: `printf '%s\\n' ${given} "$PARAM_SECRET" "\${#PARAM_SECRET}"`, interpreter: 'sh' },
  });
  const secret = `$(touch ${ran})\n-n "x"`;
  const parameters = { ...Object.fromEntries(names.map((name, at) => [name, hostile[at]!])), secret };
  const { id } = await operator.commands.send({ savedCommandId, parameters, targets: { hostIds: [hostId] } });
  const run = async () => (await operator.commands.run({ commandId: id, hostId })).run.state;
  await expect.poll(run, PATIENCE).toBe('succeeded');
  const { pieces } = await operator.commands.output({ commandId: id, hostId });
  const output = pieces.map(({ data }) => Buffer.from(data, 'base64').toString()).join('');
  expect(output).toBe([...hostile, '********', String(secret.length), ''].join('\n'));
  expect(existsSync(ran)).toBe(false);
});
