import { listQuery, text } from '../list/list-query';

/** Which requests the page shows, as its address says it. */
export const requestQuery = listQuery({
  path: '/enrolment/discovery',
  filters: { search: text(253) },
  orders: { last: 'desc' },
  first: 'last',
});
