import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test as base } from '../fixtures';

interface Pasted {
  ended: Promise<{ code: number | null; said: string }>;
}

/** A machine on which somebody pastes the command that the page shows: a shell, in the folder with the built agent. */
const test = base.extend<{ paste: (command: string) => Promise<Pasted> }>({
  paste: async ({}, use) => {
    const folders: string[] = [];
    const stops: (() => Promise<void>)[] = [];
    await use(async (command) => {
      const folder = await mkdtemp(join(tmpdir(), 'sysmanage-e2e-token-'));
      folders.push(folder);
      const line = [
        command.replace(/^(.*)\| node /, `$1| exec '${process.execPath}' `),
        '--state-dir',
        `'${folder}'`,
      ].join(' ');
      const shell = spawn('/bin/sh', ['-c', line], {
        cwd: join(import.meta.dirname, '../../build/agent'),
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      });
      let said = '';
      for (const stream of [shell.stdout, shell.stderr]) stream.on('data', (data) => (said += String(data)));
      const ended = once(shell, 'close').then(([code]) => ({ code: code as number | null, said }));
      const stop = async () => {
        // The shell and the agent it runs.
        if (shell.exitCode === null && shell.signalCode === null) process.kill(-shell.pid!, 'SIGTERM');
        await ended;
      };
      stops.push(stop);
      return { ended };
    });
    for (const stop of stops) await stop();
    for (const folder of folders) await rm(folder, { recursive: true });
  },
});

test.skip(process.platform === 'win32', 'the command is for /bin/sh');

test('a machine joins by the pasted command without a click, and after the token is revoked none does', async ({
  page,
  admin: _,
  paste,
}) => {
  await page.goto('/enrolment');
  await page.getByLabel('Name', { exact: true }).fill('Rack 7');
  await page.getByLabel('Machines', { exact: true }).fill('5');
  await page.getByLabel('Tags', { exact: true }).fill('web eu');
  await page.getByLabel('Approve its machines at once').check();
  await page.getByRole('button', { name: 'Create token' }).click();

  const made = page.getByRole('region', { name: 'The token is made' });
  await expect(made).toBeFocused();
  // Not the live region, in which React Aria still announces a button that is gone by now.
  const { violations } = await new AxeBuilder({ page }).include('main').analyze();
  expect(violations).toEqual([]);
  const command = await made.getByRole('button', { name: /^Copy the command for Linux/ }).innerText();
  expect(command).toMatch(/^echo sysmanage_[\w-]+ \| node sysmanage-agent\.cjs --token-file -$/);
  const row = page.getByRole('row').filter({ hasText: 'Rack 7' });
  await expect(row).toContainText('0 of 5');

  await page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: 'Dashboard' }).click();
  await expect(page.getByRole('heading', { name: 'No machine yet' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'make an enrolment token' })).toHaveAttribute('href', '/enrolment');
  await paste(command);
  await expect(page.getByText('The one host is up.')).toBeVisible({ timeout: 30_000 });
  await page.goto('/hosts');
  await page.getByRole('row').filter({ hasText: /Up/ }).getByRole('link').first().click();
  await expect(page.getByRole('main')).toContainText('Rack 7');
  await expect(page.getByRole('region', { name: 'Tags' }).getByRole('listitem')).toHaveText(['web', 'eu']);

  await page.goto('/enrolment');
  await expect(page.getByRole('main')).not.toContainText('sysmanage_');
  await expect(row).toContainText('1 of 5');
  await row.getByRole('button', { name: 'Revoke Rack 7' }).click();
  const dialog = page.getByRole('alertdialog');
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await expect(dialog).toContainText('No machine can join with it from now on');
  await dialog.getByRole('button', { name: 'Revoke Rack 7' }).click();
  await expect(row).toContainText('Revoked');
  await expect(row.getByRole('button')).toHaveCount(0);

  const { ended } = await paste(command);
  const { code, said } = await ended;
  expect(code, said).toBe(83);
  expect(said).toContain('an administrator revoked the enrolment token');
});

test('a token that is revoked right after it was made is not offered to be copied', async ({ page, admin: _ }) => {
  await page.goto('/enrolment');
  await page.getByLabel('Name', { exact: true }).fill('By mistake');
  await page.getByRole('button', { name: 'Create token' }).click();
  const made = page.getByRole('region', { name: 'The token is made' });
  await expect(made).toBeVisible();
  await page.getByRole('button', { name: 'Revoke By mistake' }).press('Enter');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke By mistake' }).press('Enter');
  await expect(page.getByRole('row').filter({ hasText: 'By mistake' })).toContainText('Revoked');
  await expect(made).toHaveCount(0);
  await expect(page.getByRole('main')).not.toContainText('sysmanage_');
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
});

test('what is wrong with a form is said beside the field, and what was typed stays', async ({
  page,
  admin: _,
  expectComplaint,
}) => {
  expectComplaint(/status of 400/);
  await page.goto('/enrolment');
  await page.getByLabel('Machines', { exact: true }).fill('ten');
  await page.getByLabel('Addresses of this server').fill('http://sysmanage.example.com');
  await page.getByLabel('Tags', { exact: true }).fill('web');
  await page.getByRole('button', { name: 'Create token' }).click();
  await expect(page.getByRole('alert')).toContainText('3 things need mending');
  await expect(page.getByLabel('Machines', { exact: true })).toHaveValue('ten');
  await expect(page.getByLabel('Tags', { exact: true })).toHaveValue('web');
  await expect(page.getByText('No token yet')).toBeVisible();
});
