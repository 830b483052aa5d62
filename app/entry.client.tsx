import { RemixBrowser } from '@remix-run/react';
import i18next from 'i18next';
import HttpBackend from 'i18next-http-backend';
import { startTransition, StrictMode } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { I18nextProvider, initReactI18next } from 'react-i18next';
import { expectHydration } from './forms/keep-through-hydration';
import { i18nOptions } from './i18n/languages';
import { translationUrl } from './i18n/translation-url';
import { NonceProvider, readNonce } from './nonce';

// The language is the server's choice. Hydrating before its words are here would replace the page with keys.
await i18next
  .use(initReactI18next)
  .use(HttpBackend)
  .init({
    ...i18nOptions,
    lng: document.documentElement.lang,
    backend: { loadPath: ([language]: string[]) => translationUrl(language!) },
  });

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
