import { data, redirect, type ActionFunctionArgs } from '@remix-run/node';
import { isDocument } from '../forms/act.server';
import { errorsFrom, textOf } from '../forms/form-errors';
import { refusedChange, type ChangeField } from './change-password-form';
import { passwordCodes, passwordWords } from '../users/password-errors';

/** Changes one's password. A form sent without script goes on to the profile, which then says that it is changed. */
export async function changePassword({ request, context: { api } }: ActionFunctionArgs, form: FormData) {
  const old = textOf(form, 'old');
  const password = textOf(form, 'password');
  try {
    await api.profile.changePassword({ old, password, repeat: textOf(form, 'repeat') });
  } catch (thrown) {
    const words = {
      old: old ? 'form.passwordWrong' : 'form.oldMissing',
      repeat: 'form.passwordsDiffer',
      ...passwordWords(password),
    } as const;
    const codes = { ...passwordCodes, 'password.wrong': { old: 'form.passwordWrong' } } as const;
    const errors = errorsFrom<ChangeField>(thrown, words, codes);
    return data(refusedChange(errors), { status: errors.problem?.status ?? 400 });
  }
  if (isDocument(request)) throw redirect('/profile?changed=password');
  return { form: 'password' as const, errors: null };
}
