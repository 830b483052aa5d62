import { craftAgent } from '../crafted-agent';
import { expect, test } from '../fixtures';

test.use({ shares: true });

test('an act on all that match says how many they are, goes on by itself, and is found again', async ({
  page,
  server,
  admin: _,
}) => {
  const names = Array.from({ length: 12 }, (_, i) => `job-${i}.example.com`);
  for (const fqdn of names) await craftAgent(server, { fqdn });
  await page.goto('/hosts?search=job-&state=pending');
  await page.getByRole('link', { name: 'Act on all that match…' }).click();
  await expect(page.getByText('All hosts that match the filter')).toBeVisible();
  await page.getByLabel('What is to be done').selectOption({ label: 'Reject' });
  await page.getByRole('button', { name: 'See which hosts it is for' }).click();

  await expect(page.getByText('It is for 12 hosts.')).toBeVisible();
  await craftAgent(server, { fqdn: 'job-later.example.com' });
  const start = page.getByRole('button', { name: 'Start' });
  await expect(start).toBeDisabled();
  await page.getByLabel('How many hosts are these?').fill('12');
  await start.click();
  await expect(page.getByRole('meter', { name: 'Hosts that it has seen to' })).toHaveAttribute(
    'aria-valuetext',
    '12 of 12',
  );
  await expect(page.getByText('Done', { exact: true }).first()).toBeVisible();

  await page.goto('/jobs');
  await expect(page.getByRole('link', { name: 'Reject hosts' })).toBeVisible();
  await page.goto('/hosts?search=job-');
  await expect(page.getByRole('link', { name: 'job-later.example.com' })).toBeVisible();
});

test('what is selected is acted on, and nothing else', async ({ page, server, admin: _, expectComplaint }) => {
  // The form that names no tag is refused.
  expectComplaint(/status of 400/);
  const [one, other] = [
    await craftAgent(server, { fqdn: 'chosen.example.com' }),
    await craftAgent(server, { fqdn: 'chosen-not.example.com' }),
  ];
  for (const { hostId } of [one, other])
    await page.request.post(`${server.url}/trpc/hosts.approve`, {
      ...{ data: { hostId }, headers: { origin: server.url } },
    });
  await page.goto('/hosts?search=chosen');
  const selecting = (fqdn: string) => page.getByRole('checkbox', { name: `Select ${fqdn}`, exact: true });
  await selecting(other.fqdn).check({ force: true });
  await page
    .getByRole('navigation', { name: 'By state' })
    .getByRole('link', { name: /^Never/ })
    .click();
  await expect(page).toHaveURL(/state=never/);
  await expect(selecting(other.fqdn), 'a selection ends with its filter').not.toBeChecked();
  await selecting(one.fqdn).check({ force: true });
  await page.getByRole('link', { name: 'Act on 1 host…' }).click();
  await page.getByLabel('What is to be done').selectOption({ label: 'Add tags' });
  await page.getByLabel('Tags').fill(', ,');
  await page.getByRole('button', { name: 'See which hosts it is for' }).click();
  await expect(page.getByText('Write tags with commas between them', { exact: false }).first()).toBeVisible();
  await page.getByLabel('Tags').fill('env:prod');
  await page.getByRole('button', { name: 'See which hosts it is for' }).click();
  await expect(page.getByText('It is for 1 host.')).toBeVisible();
  await page.getByRole('button', { name: 'Start' }).click();
  await expect(page.getByRole('meter', { name: 'Hosts that it has seen to' })).toHaveAttribute(
    'aria-valuetext',
    '1 of 1',
  );
  await page.getByRole('link', { name: one.fqdn }).click();
  await expect(page.getByText('env:prod')).toBeVisible();
});

test('more hosts than an address holds are acted on, all of them', async ({ page, server, admin: _ }) => {
  const one = await craftAgent(server, { fqdn: 'left.example.com' });
  // As the list leaves them; those that there are not are none of its hosts.
  const others = Array.from({ length: 349 }, (_, n) => `01890000-0000-7000-8000-${String(n).padStart(12, '0')}`);
  await page.goto('/jobs/new');
  await expect(page.getByText('Choose hosts in the list first.')).toBeVisible();
  await page.evaluate(
    (hostIds) => {
      history.replaceState({ ...(history.state as object), usr: { hostIds } }, '');
    },
    [...others, one.hostId],
  );
  await page.reload();
  await expect(page.getByText('350 hosts are selected.')).toBeVisible();
  await page.getByLabel('What is to be done').selectOption({ label: 'Reject' });
  await page.getByRole('button', { name: 'See which hosts it is for' }).click();
  await expect(page.getByText('It is for 1 host.')).toBeVisible();
});
