import { copyFile, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures';
import { temporary } from '../shared-server';
import { startCommand } from '../start-process';

/** Sends a script to the one host there is, and shows what becomes of it. */
async function run(page: Page, script: string, timeoutSeconds = 3600) {
  await page.goto('/commands/new?kind=execute_shell');
  await page.getByLabel('Script', { exact: true }).fill(script);
  await page.getByLabel('Time limit on a host').fill(String(timeoutSeconds));
  await page.getByRole('button', { name: 'Preview' }).click();
  await page.getByRole('button', { name: 'Run on 1 host' }).click();
  await expect(page.getByRole('heading', { name: 'Run a script on 1 host' })).toBeVisible();
}

test('a real machine: output as it comes, an end by a person or by the clock, and what the agent’s end leaves', async ({
  page,
  startAgent,
  admin: _,
}) => {
  const agent = await startAgent();
  await agent.printed(/waiting for an administrator/);
  await page.goto('/hosts');
  await page.getByRole('button', { name: /^Approve / }).click();
  await expect(page.getByRole('row').filter({ hasText: /Up/ })).toBeVisible();
  const panel = page.getByRole('region', { name: /^On / });
  const state = panel.locator('[data-state]').first();
  const output = panel.getByRole('log');
  const path = join(agent.stateDir, 'written');
  const written = () => readFile(path, 'utf8');

  await run(page, 'echo begun; sleep 60');
  await expect(output).toHaveText('begun');
  await expect(state).toHaveText('Running');
  await page.getByRole('button', { name: 'Cancel the command' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel the command' }).click();
  await expect(state).toHaveText('Cancelled');

  await run(page, 'echo slow >&2; sleep 60', 1);
  await expect(state).toHaveText('Timed out');
  await expect(output).toHaveText('slow');

  // Away: it is told when it is back.
  await agent.stop();
  await run(page, `echo late | tee -a ${path}; exit 3`);
  await expect(state).toHaveText('Queued');
  const back = await startAgent(agent.stateDir);
  await expect(state).toHaveText('Failed');
  await expect(panel).toContainText('exit code 3');
  await expect(output).toHaveText('late');

  // Killed in the middle: nobody knows how that ended, and nobody begins it again.
  await run(page, `echo again | tee -a ${path}; sleep 20`);
  await expect(output).toHaveText('again');
  await back.stop('SIGKILL');
  await startAgent(agent.stateDir);
  await expect(state).toHaveText('Unknown');
  await expect(output).toHaveText('again');
  await run(page, 'echo alive');
  await expect(state).toHaveText('Succeeded');
  expect(await written()).toBe('late\nagain\n');
});

test('a service whose program a command replaces ends once that is done, and says as the new one how it went', async ({
  page,
  server,
  admin: _,
}) => {
  const folder = await temporary('agent');
  const program = join(folder, 'sysmanage-agent.cjs');
  await copyFile(join(import.meta.dirname, '../../build/agent/sysmanage-agent.cjs'), program);
  const args = ['--service', '--server', server.agentsUrl, '--state-dir', join(folder, 'state')];
  // As systemd starts it.
  const start = () => startCommand('agent', ['env', 'INVOCATION_ID=0', process.execPath, program, ...args]);
  let agent = start();
  try {
    await agent.printed(/waiting for an administrator/);
    await page.goto('/hosts');
    await page.getByRole('button', { name: /^Approve / }).click();
    await expect(page.getByRole('row').filter({ hasText: /Up/ })).toBeVisible();
    await run(page, `cp ${program} ${program}.new; mv ${program}.new ${program}; sleep 1; echo to its end`);
    await agent.printed(/this program has been replaced[^]*stopped/);
    expect(await agent.stop()).toBe(0);
    agent = start(); // as its service manager does
    const panel = page.getByRole('region', { name: /^On / });
    await expect(panel.locator('[data-state]').first()).toHaveText('Succeeded');
    await expect(panel.getByRole('log')).toHaveText('to its end');
  } finally {
    await agent.stop();
    await rm(folder, { recursive: true });
  }
});
