import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test as base } from '../fixtures';
import { startProgram, type Program } from '../start-process';

/** Starts an agent that stands for a machine copied with its state directory. */
const test = base.extend<{ startCopy: (stateDir: string) => Promise<Program> }>({
  startCopy: async ({ server }, use) => {
    const started: { copy: Program; folder: string }[] = [];
    await use(async (stateDir) => {
      const folder = await mkdtemp(join(tmpdir(), 'sysmanage-e2e-copy-'));
      await cp(stateDir, folder, { recursive: true });
      const copy = startProgram('agent/sysmanage-agent.cjs', ['--server', server.agentsUrl, '--state-dir', folder], {
        NODE_OPTIONS: `--import ${pathToFileURL(join(import.meta.dirname, 'another-machine.mjs')).href}`,
      });
      started.push({ copy, folder });
      return copy;
    });
    for (const { copy, folder } of started) {
      await copy.stop();
      await rm(folder, { recursive: true });
    }
  },
});

test.use({ shares: true });

test('a copied machine is held, seen, split and let in as a machine of its own', async ({
  page,
  admin: _,
  startAgent,
  startCopy,
  expectComplaint,
}, testInfo) => {
  expectComplaint(/status of 400/); // the name that is none
  const original = await startAgent();
  await original.printed(/waiting for an administrator/);
  await page.goto('/hosts');
  await page.getByRole('button', { name: /^Approve / }).click();
  await original.printed(/connected to/);

  await page.goto('/');
  const copy = await startCopy(original.stateDir);

  await test.step('the dashboard says so by itself', async () => {
    await copy.printed(/this one is held back/);
    await page
      .getByRole('region', { name: /^Two machines, one certificate/ })
      .getByRole('link', { name: /^Compare and decide on / })
      .click();
    const comparison = page.getByRole('table', { name: 'The two machines side by side' });
    await expect(comparison).toContainText('Held back');
    await expect(page.locator('header [data-state]').first()).toHaveText('Up');
    await page.screenshot({ path: testInfo.outputPath('clone.png'), fullPage: true });
  });

  await test.step('split: the copy becomes a new machine, and is not asked again', async () => {
    await page.getByRole('button', { name: 'Keep the first, split the second' }).click();
    await page
      .getByRole('alertdialog')
      .getByRole('button', { name: /^Split / })
      .click();
    await copy.printed(/the old key is kept as \*\.split-\d+T\d+Z/);
    await copy.printed(/another machine is registered as/);
    await expect(page.getByRole('table', { name: 'The two machines side by side' })).toHaveCount(0);
  });

  await test.step('it is let in under another name, and both are up', async () => {
    await page.goto('/hosts');
    await page.getByRole('link', { name: /^Compare and decide on / }).click();
    await page.getByRole('button', { name: 'Let it in under another name' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('not a name');
    await dialog.getByRole('button', { name: 'Approve' }).click();
    await expect(dialog).toContainText('This is not a host name');
    await dialog.getByLabel('Name').fill('copy.example.com');
    await dialog.getByRole('button', { name: 'Approve' }).click();
    await copy.printed(/connected to/);
    await page.goto('/hosts');
    await expect(page.getByRole('table', { name: 'Hosts' }).getByText('Up', { exact: true })).toHaveCount(2);
  });
  // Once more than at first: with the new key that the split has asked it for.
  expect(original.output().match(/connected to/g)).toHaveLength(2);
  expect(copy.output().match(/held back/g)).toHaveLength(1);
});
