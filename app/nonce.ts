import { createContext, useContext } from 'react';

const Nonce = createContext('');

export const NonceProvider = Nonce.Provider;

/** The nonce of the answer that the page came with. Browsers hide it from selectors, but not from this property. */
export const readNonce = () => document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.nonce ?? '';

/** The nonce of the answer being rendered, in the browser as well: a page that is drawn anew there must not lose it. */
export function useNonce(): string | undefined {
  return useContext(Nonce) || undefined;
}
