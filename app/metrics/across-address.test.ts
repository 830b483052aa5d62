import { expect, it } from 'vitest';
import { chartsOfMatching, listOfMatching } from './across-address';

const params = new URLSearchParams('filter=cpu+%3E+3&state=up&platform=&sort=fqdn&from=1000&to=9000');

it('keeps which hosts, and no order of theirs', () => {
  expect(listOfMatching(params)).toBe('/hosts?filter=cpu+%3E+3&state=up');
  expect(chartsOfMatching(params, '?range=7d')).toBe('/hosts/metrics?filter=cpu+%3E+3&state=up&range=7d');
  expect(chartsOfMatching(new URLSearchParams())).toBe('/hosts/metrics');
});

it('takes no address of a host that waits for the beginning of a time', () => {
  expect(chartsOfMatching(new URLSearchParams('from=192.0.2.7'))).toBe('/hosts/metrics');
});
