import { craftAgent } from '../crafted-agent';
import { expect, test } from '../fixtures';
import { administrator, call } from '../people';

test.use({ shares: true });

test('tags that hosts have are suggested where tags are typed, by keyboard and by pointer', async ({
  page,
  server,
  admin: _,
}) => {
  const adminRequest = await administrator(server);
  const [known, other] = [
    await craftAgent(server, { fqdn: 'tagged.example.com' }),
    await craftAgent(server, { fqdn: 'plain.example.com' }),
  ];
  await call(adminRequest, server, 'hosts.update', { hostId: known.hostId, tags: ['env:prod', 'rack:12', 'env:test'] });

  await test.step('on the page of a host, several with commas between them', async () => {
    await page.goto(`/hosts/${other.hostId}`);
    await page.getByRole('button', { name: 'Edit the tags of plain.example.com' }).click();
    const field = page.getByRole('combobox', { name: 'Tags' });
    await expect(field).toBeFocused();
    await field.pressSequentially('env');
    await expect(page.getByRole('option')).toHaveText(['env:prod', 'env:test']);
    await page.keyboard.press('ArrowDown');
    await expect(page.getByRole('option', { name: 'env:prod' })).toHaveAttribute('data-focused', 'true');
    await page.keyboard.press('Enter');
    await expect(field).toHaveValue('env:prod, ');
    await expect(page.getByRole('option')).toHaveCount(0);
    // By its value, and what is chosen already is not suggested again.
    await field.pressSequentially('12');
    await page.getByRole('option', { name: 'rack:12' }).click();
    await expect(field).toHaveValue('env:prod, rack:12, ');
    await field.pressSequentially('e');
    await expect(page.getByRole('option')).toHaveText(['env:test']);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('option')).toHaveCount(0);
    await page.keyboard.press('Backspace');
    await expect(field).toHaveAttribute('aria-expanded', 'false');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('region', { name: 'Tags' }).getByRole('listitem')).toHaveText(['env:prod', 'rack:12']);
  });

  await test.step('in a rule that is put together by clicking', async () => {
    await page.goto('/hosts');
    await page.getByRole('button', { name: 'Build by clicking' }).click();
    await page.getByRole('button', { name: 'Add a condition' }).click();
    await page.getByLabel('Field').selectOption('tags');
    const field = page.getByRole('combobox', { name: 'Value' });
    await field.pressSequentially('rac');
    await expect(page.getByRole('option')).toHaveText(['rack:12']);
    await page.keyboard.press('ArrowDown');
    await expect(page.getByRole('option')).toHaveAttribute('data-focused', 'true');
    await page.keyboard.press('Enter');
    await expect(field).toHaveValue('rack:12');
    await expect.poll(() => page.locator('[name=filter]').inputValue()).toBe('tags has "rack:12"');
  });
});
