import { z } from 'zod';
import { AppError } from '../errors';

/** What may become a password: length alone, as NIST SP 800-63B asks, and then `refuseWeakPassword`. */
export const newPassword = z.string().min(12).max(256);

/** Fifty thousand of them; nobody pays for the list who changes no password. */
let common: Promise<ReadonlySet<string>> | undefined;

const loadCommon = async () => {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return new Set(dictionary['passwords-common']);
};

/**
 * Refuses what is guessed first: the person's own e-mail or the part before the @, a common password, one with nothing
 * but signs and figures around it, or one repeated. Throws `password.is_email`, `password.common`.
 */
export async function refuseWeakPassword(password: string, email: string): Promise<void> {
  const text = password.toLowerCase();
  const own = email.toLowerCase();
  if ([own, own.split('@')[0]].includes(text)) throw new AppError('password.is_email');
  const known = await (common ??= loadCommon());
  const bare = text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  const candidates = [text, bare, repeatedPart(text), repeatedPart(bare)];
  if (candidates.some((one) => known.has(one)) || repeatedPart(text).length <= 3) throw new AppError('password.common');
}

/** `abc` of `abcabcabc`; the text itself where nothing is repeated. */
function repeatedPart(text: string): string {
  // A text made of repetitions is found in its own double before its end, one repetition further on.
  return text.slice(0, (text + text).indexOf(text, 1)) || text;
}
