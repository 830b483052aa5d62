import { RemixBrowser } from '@remix-run/react';
import i18next from 'i18next';
import { startTransition, StrictMode } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { I18nextProvider, initReactI18next } from 'react-i18next';
import { expectHydration } from './forms/keep-through-hydration';
import { fetchWords } from './i18n/fetch-words';
import { i18nOptions } from './i18n/languages';
import { NonceProvider, readNonce } from './nonce';

// The language is the server's choice. Hydrating before its words are here would replace the page with keys.
await i18next
  .use(initReactI18next)
  .use(fetchWords)
  .init({ ...i18nOptions, lng: document.documentElement.lang });

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
