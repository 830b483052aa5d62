import { expect, test } from 'vitest';
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

test('the fields show what the document says', () => {
  expect(shownOf(document)).toEqual({
    'log.level': 'debug',
    'heartbeat.interval_seconds': '30',
    'heartbeat.ping_seconds': '',
    'server.addresses': 'https://a.test:6443 https://b.test:6443',
    'server.proxy': '',
    'server.proxy_user': '',
    'server.proxy_password': '',
    'discovery.interfaces': '',
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
