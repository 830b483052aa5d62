import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { I18nextProvider } from 'react-i18next';
import { expect, test } from 'vitest';
import { translator } from './translate.server';
import { useMachineWords } from './use-machine-words';

type Asked = Parameters<ReturnType<typeof useMachineWords>>;

async function saidInGerman(...asked: Asked): Promise<string> {
  const Page = () => createElement('p', null, useMachineWords()(...asked));
  const i18n = await translator('de');
  return renderToStaticMarkup(createElement(I18nextProvider, { i18n }, createElement(Page)));
}

test('what an agent said is said in the language of the page, with what is within it', async () => {
  const silent = { key: 'agent.connection.silent', values: {} };
  const reason = (await saidInGerman(silent, 'the server fell silent')).replaceAll(/<\/?p>/g, '');
  expect(reason).toContain('Server');
  expect(reason).not.toBe('the server fell silent');
  const failed = { key: 'agent.connection.failed', values: { server: 'a.test', reason: silent } };
  expect(await saidInGerman(failed, 'English')).toBe(`<p>a.test: ${reason}</p>`);
  const most = { key: 'common.input.at_most', values: { most: 12_345 } };
  expect(await saidInGerman(most, 'English')).toContain('12.345');
});

test('of an agent of before, and where there are no words, its sentence', async () => {
  expect(await saidInGerman(null, 'no answer')).toBe('<p>no answer</p>');
  expect(await saidInGerman({ key: 'agent.newer', values: {} }, 'English')).toBe('<p>English</p>');
});
