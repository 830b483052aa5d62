import { expect, test } from 'vitest';
import { administratorOf, personOf, testServices } from '../testing';

test('a view is kept with the person, replaced under its name, and nobody else’s', async () => {
  const services = await testServices();
  const [admin, viewer] = [await administratorOf(services), await personOf(services, 'viewer')];
  await viewer.views.save({ name: 'Mine', query: 'state=up' });
  await admin.views.save({ name: ' web ', query: '?state=down&filter=name%20=%20"web"' });
  await admin.views.save({ name: 'All', query: '' });
  await admin.views.save({ name: 'web', query: 'state=down&columns=state' });
  const mine = await admin.views.list();
  expect(mine.map(({ name, query }) => [name, query])).toEqual([
    ['All', ''],
    ['web', 'state=down&columns=state'],
  ]);
  await viewer.views.delete({ viewId: mine[0]!.id });
  expect(await admin.views.list()).toEqual(mine);
  await admin.views.delete({ viewId: mine[0]!.id });
  await admin.views.delete({ viewId: mine[0]!.id });
  expect(await admin.views.list()).toEqual([mine[1]]);
  expect(await viewer.views.list()).toMatchObject([{ name: 'Mine', query: 'state=up' }]);
});

test('there are at most thirty, however many are saved at once', async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  const saved = await Promise.allSettled(
    Array.from({ length: 33 }, (_, i) => admin.views.save({ name: `view ${i}`, query: '' })),
  );
  expect(saved.filter(({ status }) => status === 'fulfilled')).toHaveLength(30);
  const { name } = (await admin.views.list())[0]!;
  await admin.views.save({ name, query: 'state=up' });
  await expect(admin.views.save({ name: 'one more', query: '' })).rejects.toMatchObject({ appCode: 'view.too_many' });
  await expect(admin.views.save({ name: ' ', query: '' })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
});
