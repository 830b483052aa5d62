import { data, redirect, type ActionFunctionArgs } from '@remix-run/node';
import { isDocument } from '../act.server';
import { errorsFrom, textOf, type FormErrors } from '../form-errors';
import { passwordCodes, passwordWords } from './password-errors';

type ChangeField = 'old' | 'password' | 'repeat';

/** Whether the form is the one that asks for a new password, of the two on the profile. */
export const isChange = (form: FormData) => form.has('old');

/** Changes one's password. A form sent without script goes on to the profile, which then says that it is changed. */
export async function changePassword({ request, context: { api } }: ActionFunctionArgs, form: FormData) {
  const password = textOf(form, 'password');
  if (password !== textOf(form, 'repeat')) return refused({ fields: { repeat: 'form.passwordsDiffer' }, problem: null });
  try {
    await api.profile.changePassword({ old: textOf(form, 'old'), password });
  } catch (thrown) {
    const words = { old: 'form.passwordWrong', repeat: 'form.passwordsDiffer', ...passwordWords(password) } as const;
    const codes = { ...passwordCodes, 'password.wrong': { old: 'form.passwordWrong' } } as const;
    return refused(errorsFrom<ChangeField>(thrown, words, codes));
  }
  if (isDocument(request)) throw redirect('/profile?changed=password');
  return { form: 'password' as const, errors: null };
}

function refused(errors: FormErrors<ChangeField>) {
  return data({ form: 'password' as const, errors }, { status: errors.problem?.status ?? 400 });
}
