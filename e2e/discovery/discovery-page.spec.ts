import { expect, test } from '../fixtures';

test('discovery is switched off after a question, stays so, and is switched on again', async ({ page, admin: _ }) => {
  await page.goto('/enrolment/discovery');
  const server = page.getByRole('region', { name: 'This server' });
  await expect(server).toContainText('On');
  await server.getByRole('button', { name: 'Switch off' }).click();
  const question = page.getByRole('alertdialog', { name: 'Switch discovery off?' });
  await expect(question).toContainText('get no answer from this one');
  await question.getByRole('button', { name: 'Switch off' }).click();
  const switchOn = server.getByRole('button', { name: 'Switch on' });
  await expect(switchOn).toBeVisible();

  await page.reload();
  await switchOn.click();
  await expect(server.getByRole('button', { name: 'Switch off' })).toBeVisible();
  await page.goto('/audit');
  await expect(page.getByRole('row').filter({ hasText: 'Switch discovery on or off' }).first()).toBeVisible();
});
