import type { Response } from 'express';

/** Where an answer keeps the language of the account that asks, until it is known whether it is a refusal. */
const KEPT = 'accountLanguage';

/** For `Context.setLanguage`. */
export const keepAccountLanguage = (response: Response) => (language: string | null) =>
  void (response.locals[KEPT] = language);

/** Null where nobody is known to have asked, or leaves the language to what asks. */
export const accountLanguageOf = (response: Response): string | null =>
  (response.locals[KEPT] as string | null | undefined) ?? null;
