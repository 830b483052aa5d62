import { createInstance } from 'i18next';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { I18nextProvider, initReactI18next } from 'react-i18next';
import { expect, test } from 'vitest';
import de from '../../words/de.json';
import { machineWords } from '../../words/machine-words';
import { words } from '../../words/words';
import { i18nOptions } from './languages';
import { useMachineWords } from './use-machine-words';

type Asked = Parameters<ReturnType<typeof useMachineWords>>;

async function saidInGerman(...asked: Asked): Promise<string> {
  const i18n = createInstance();
  const translation = machineWords(de);
  await i18n.use(initReactI18next).init({ ...i18nOptions, lng: 'de', resources: { de: { translation } } });
  const Page = () => createElement('p', null, useMachineWords()(...asked));
  return renderToStaticMarkup(createElement(I18nextProvider, { i18n }, createElement(Page)));
}

test('what an agent said is said in the language of the page, with what is within it', async () => {
  const reason = words('agent.connection.silent');
  const said = words('agent.connection.failed', { server: 'a.test', reason });
  expect(await saidInGerman(said as never, 'English')).toBe(`<p>a.test: ${de['agent.connection.silent']}</p>`);
  const most = words('common.input.at_most', { most: 12_345 });
  expect(await saidInGerman(most as never, 'English')).toContain('12.345');
});

test('of an agent of before, and where there are no words, its sentence', async () => {
  expect(await saidInGerman(null, 'no answer')).toBe('<p>no answer</p>');
  expect(await saidInGerman({ key: 'agent.newer', values: {} }, 'English')).toBe('<p>English</p>');
});
