import { createContext, useContext } from 'react';

const Nonce = createContext('');

export const NonceProvider = Nonce.Provider;

/** The nonce of the answer being rendered. Empty in the browser, which hides it from scripts on purpose. */
export function useNonce(): string | undefined {
  return useContext(Nonce) || undefined;
}
