import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures';

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
