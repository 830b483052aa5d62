import { RemixBrowser } from '@remix-run/react';
import i18next from 'i18next';
import { startTransition, StrictMode } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { I18nextProvider, initReactI18next } from 'react-i18next';
import { expectHydration } from './forms/keep-through-hydration';
import { i18nOptions } from './i18n/languages';
import { loadWords } from './i18n/load-words';
import { NonceProvider, readNonce } from './nonce';

// The language is the server's choice. Hydrating before its words are here would replace the page with keys.
const { lang } = document.documentElement;
await i18next.use(initReactI18next).init({ ...i18nOptions, lng: lang, resources: {} });
// Until they come, the page is what the server sent, in its words; what works without script works.
for (let pause = 500; !(await loadWords(i18next, lang, window.location.pathname)); pause = Math.min(2 * pause, 30_000))
  await new Promise((resolve) => setTimeout(resolve, pause));

const nonce = readNonce();
expectHydration();
startTransition(() => {
  hydrateRoot(
    document,
    <I18nextProvider i18n={i18next}>
      <StrictMode>
        <NonceProvider value={nonce}>
          <RemixBrowser />
        </NonceProvider>
      </StrictMode>
    </I18nextProvider>,
  );
});
