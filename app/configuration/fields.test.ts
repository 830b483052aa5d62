import { expect, test } from 'vitest';
// eslint-disable-next-line @typescript-eslint/no-restricted-imports -- Whether the two agree is what is asked.
import { configuration, CONFIGURATION_KEYS } from '../../agent/configuration/schema';
import { chosenIn, fields, shownOf } from './fields';

const document = {
  log: { level: 'debug' },
  heartbeat: { interval_seconds: 30 },
  server: { addresses: ['https://a.test:6443', 'https://b.test:6443'] },
};

/** The form of that document, with what somebody chose in it. */
function formOf(chosen: Record<string, string>) {
  const form = new FormData();
  for (const field of fields) {
    form.set(`was ${field}`, shownOf(document)[field]);
    form.set(field, chosen[field] ?? shownOf(document)[field]);
  }
  return form;
}

test('each key that agents can be told has a field, which says it as the schema has it', () => {
  expect([...fields].sort()).toEqual([...CONFIGURATION_KEYS].sort());
  for (const field of fields) {
    const [section, key] = field.split('.') as [string, string];
    const said = chosenIn(formOf({ [field]: '97' }))[field];
    const { error } = configuration.safeParse({ [section]: { [key]: said } });
    expect(error?.issues.filter(({ code }) => code === 'invalid_type') ?? [], field).toEqual([]);
  }
});

test('a user of a name with a space in it is one user', () => {
  const form = formOf({ 'commands.run_as': 'deploy, LOCAL SERVICE' });
  expect(chosenIn(form)).toEqual({ 'commands.run_as': ['deploy', 'LOCAL SERVICE'] });
  expect(shownOf({ commands: { run_as: ['deploy', 'LOCAL SERVICE'] } })['commands.run_as']).toBe(
    'deploy, LOCAL SERVICE',
  );
});

test('the fields show what the document says', () => {
  const shown = Object.entries(shownOf(document)).filter(([, value]) => value !== '');
  expect(Object.fromEntries(shown)).toEqual({
    'log.level': 'debug',
    'heartbeat.interval_seconds': '30',
    'server.addresses': 'https://a.test:6443 https://b.test:6443',
  });
});

test('what nobody changed is not said, so that what was typed into the text stays', () => {
  expect(chosenIn(formOf({}))).toEqual({});
});

test('what was changed is said as the document has it, and what was emptied is taken out', () => {
  const chosen = {
    'log.level': '',
    'heartbeat.interval_seconds': '60',
    'server.addresses': 'https://c.test, https://d.test',
  };
  expect(chosenIn(formOf(chosen))).toEqual({
    'log.level': null,
    'heartbeat.interval_seconds': 60,
    'server.addresses': ['https://c.test', 'https://d.test'],
  });
  expect(chosenIn(formOf({ 'heartbeat.ping_seconds': 'soon' }))).toEqual({ 'heartbeat.ping_seconds': 'soon' });
});
