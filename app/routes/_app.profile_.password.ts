import { data, redirect, type ActionFunctionArgs } from '@remix-run/node';
import { errorsFrom, textOf, type FormErrors } from '../form-errors';
import { passwordCodes, passwordWords } from '../users/password-errors';

type ChangeField = 'old' | 'password' | 'repeat';

export const loader = () => redirect('/profile');

export async function action({ request, context: { api } }: ActionFunctionArgs) {
  const form = await request.formData();
  const password = textOf(form, 'password');
  if (password !== textOf(form, 'repeat')) return refused({ fields: { repeat: 'form.passwordsDiffer' }, problem: null });
  try {
    await api.profile.changePassword({ old: textOf(form, 'old'), password });
    return { errors: null };
  } catch (thrown) {
    const words = { old: 'form.passwordWrong', repeat: 'form.passwordsDiffer', ...passwordWords(password) } as const;
    const codes = { ...passwordCodes, 'password.wrong': { old: 'form.passwordWrong' } } as const;
    return refused(errorsFrom<ChangeField>(thrown, words, codes));
  }
}

function refused(errors: FormErrors<ChangeField>) {
  return data({ errors }, { status: errors.problem?.status ?? 400 });
}
