import type { BackendModule, ResourceKey } from 'i18next';
import { translationUrl } from './translation-url';

/** Where i18next gets the words of a language from. What may come a moment later it asks for again. */
export const fetchWords: BackendModule = {
  type: 'backend',
  init() {},
  read(language, _namespace, callback) {
    let isForNow = true;
    const read = async () => {
      const answer = await fetch(translationUrl(language));
      isForNow = answer.ok || answer.status >= 500;
      if (!answer.ok) throw new Error(`the words of ${language} are not there: ${answer.status}`);
      return (await answer.json()) as ResourceKey;
    };
    read().then(
      (words) => callback(null, words),
      (error: Error) => callback(error, isForNow),
    );
  },
};
