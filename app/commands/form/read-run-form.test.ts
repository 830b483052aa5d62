import { expect, it } from 'vitest';
import { commandForMatching } from '../../jobs/job-link';
import { readRunForm, typedIn } from './read-run-form';

const formWith = (values: Record<string, string>) => {
  const form = new FormData();
  for (const [name, value] of Object.entries(values)) form.set(name, value);
  return form;
};
const given = (value: object) => JSON.parse(JSON.stringify(value)) as unknown;

it('runs on what a list showed, as its link has it, with what was chosen on the way', () => {
  const list = new URLSearchParams({ health: 'critical', reason: 'disk.used_percent:/ above 95', sort: 'cpu' });
  const address = new URL(commandForMatching(list), 'https://example.com').searchParams;
  address.set('kind', 'get_system_info');
  const form = formWith({ on: 'matching', matching: String(address) });
  const { targets } = readRunForm({ kind: 'get_system_info' }, [], form, 0);
  expect(given(targets)).toEqual({ filter: { health: 'critical', reason: 'disk.used_percent:/ above 95' } });
  // A preview that was refused shows the same again.
  expect(typedIn([], form)).toMatchObject({ on: 'matching', matching: String(address) });
});
