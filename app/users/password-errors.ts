import type { ParseKeys } from 'i18next';
import type { FieldCodes } from '../forms/form-errors';

/** What is wrong with the length of a new password. */
export const passwordWords = (password: string): { password: ParseKeys } => ({
  password: password.length > 256 ? 'form.passwordLong' : 'form.passwordShort',
});

/** What is wrong with a new password of a good length. */
export const passwordCodes: FieldCodes<'password'> = {
  'password.common': { password: 'form.passwordCommon' },
  'password.is_email': { password: 'form.passwordIsEmail' },
};
