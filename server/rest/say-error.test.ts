import { expect, test } from 'vitest';
// eslint-disable-next-line @typescript-eslint/no-restricted-imports -- Whether the two agree is what is asked.
import { formatWait } from '../../app/ui/figures/format-figure';
import { errorWords } from './say-error';

test.each([1, 60, 90, 91, 900])('a wait of %d seconds is told as on the pages', (seconds) => {
  expect(errorWords.say('auth.busy', 'en', seconds)).toBe(
    `Many sign-ins are waiting. Try again in ${formatWait(seconds, 'en')}.`,
  );
});
