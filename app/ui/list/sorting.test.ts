import { expect, test } from 'vitest';
import { columnSorting } from './sorting';

const sortingFrom = (sort: 'name' | 'seen', direction: 'asc' | 'desc') =>
  columnSorting({
    query: { sort, direction },
    natural: { name: 'asc', seen: 'desc' },
    link: (order) => `${order.sort} ${order.direction}`,
  });

test('a column that the list is not sorted by leads to its natural way round', () => {
  expect(sortingFrom('name', 'asc')('seen')).toEqual({ sorted: null, to: 'seen desc' });
  expect(sortingFrom('seen', 'asc')('name')).toEqual({ sorted: null, to: 'name asc' });
});

test('the one that it is sorted by leads to the other way round', () => {
  expect(sortingFrom('name', 'asc')('name')).toEqual({ sorted: 'asc', to: 'name desc' });
  expect(sortingFrom('seen', 'desc')('seen')).toEqual({ sorted: 'desc', to: 'seen asc' });
});
