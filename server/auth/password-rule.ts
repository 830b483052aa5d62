import { z } from 'zod';
import { AppError } from '../errors';
import { mistake, demanding } from '../../words/explain-issue';
import { words } from '../../words/words';

const MIN_CHARACTERS = 12;
const MAX_CHARACTERS = 256;

/**
 * As somebody's keyboard sends it: a composed character comes as four at most, each of two UTF-16 code units at most.
 */
export const typedPassword = z.string().max(8 * MAX_CHARACTERS);

const lengthOf = (text: string) => [...text.normalize()].length;

/**
 * What may become a password: length alone, as NIST SP 800-63B asks, and then `refuseWeakPassword`. Counted in code
 * points as they are hashed: an emoji, or a letter and its accent, is one.
 */
export const newPassword = typedPassword
  .refine(
    (text) => lengthOf(text) >= MIN_CHARACTERS,
    demanding(words('common.input.characters_least', { count: MIN_CHARACTERS })),
  )
  .refine(
    (text) => lengthOf(text) <= MAX_CHARACTERS,
    demanding(words('common.input.characters_most', { count: MAX_CHARACTERS })),
  );

/**
 * With what a form was given the second time: the mistake is told with all the others, not after they are mended.
 * A caller that is no form leaves it out.
 */
export const typedTwice = <Shape extends z.ZodRawShape & { password: typeof newPassword }>(shape: Shape) =>
  z
    .object({ ...shape, repeat: typedPassword.optional() })
    .refine(
      ({ password, repeat }: { password?: unknown; repeat?: unknown }) => repeat === undefined || repeat === password,
      {
        path: ['repeat'],
        error: mistake('server.input.same_password'),
        // Also where another field is wrong, which zod by itself takes for the end.
        when: ({ value }) => typeof value === 'object' && value !== null,
      },
    );

/** Fifty thousand of them; nobody pays for the list who changes no password. */
let common: Promise<ReadonlySet<string>> | undefined;

const loadCommon = async () => {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return new Set(dictionary['passwords-common']);
};

/**
 * Refuses what is guessed first: the person's own e-mail or the part before the @, a common password, one with nothing
 * but signs and figures around it, one repeated or two in a row, and a run such as 1234567890123 or 000000000001.
 * Throws `password.is_email`, `password.common`.
 */
export async function refuseWeakPassword(password: string, email: string): Promise<void> {
  const text = password.normalize().toLowerCase();
  const own = email.toLowerCase();
  if ([own, own.split('@')[0]].includes(text)) throw new AppError('password.is_email');
  const known = await (common ??= loadCommon());
  const bare = text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  const isCommon =
    [text, bare, repeatedPart(text), repeatedPart(bare)].some((one) => known.has(one)) || isTwoOf(known, bare);
  if (isCommon || repeatedPart(text).length <= 3 || leaps(text) < 3) throw new AppError('password.common');
}

/** Four characters and more: nearly anything can be cut into shorter ones that somebody uses. */
function isTwoOf(known: ReadonlySet<string>, text: string): boolean {
  for (let end = 4; end <= text.length - 4; end++)
    if (known.has(text.slice(0, end)) && known.has(text.slice(end))) return true;
  return false;
}

/** How often a character is neither the one before it nor its neighbour in Unicode. */
function leaps(text: string): number {
  const points = [...text].map((character) => character.codePointAt(0)!);
  return points.filter((point, i) => i > 0 && Math.abs(point - points[i - 1]!) > 1).length;
}

/** `abc` of `abcabcabc`; the text itself where nothing is repeated. */
function repeatedPart(text: string): string {
  // A text made of repetitions is found in its own double before its end, one repetition further on.
  return text.slice(0, (text + text).indexOf(text, 1)) || text;
}
