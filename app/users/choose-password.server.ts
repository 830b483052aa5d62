import { data, redirect, type ActionFunctionArgs, type AppLoadContext, type LoaderFunctionArgs } from '@remix-run/node';
import { errorsFrom, textOf, type FormErrors } from '../form-errors';
import { passwordCodes, passwordWords } from './password-errors';

type Purpose = 'invitation' | 'reset';
type ChooseField = 'name' | 'password' | 'repeat';

/** What the link of the address is for. Throws 404 when it does not work, or works on the other page. */
async function readLink(request: Request, { api, requestId }: AppLoadContext, purpose: Purpose) {
  const token = new URL(request.url).searchParams.get('token') ?? '';
  const closed = data({ code: 'link.closed', requestId }, { status: 404 });
  if (token.length === 0 || token.length > 100) throw closed;
  const link = await api.users.link({ token });
  if (link.purpose !== purpose) throw closed;
  return { token, link };
}

export const loadLink = async ({ request, context }: LoaderFunctionArgs, purpose: Purpose) => (await readLink(request, context, purpose)).link;

/** Sets the password and leads to the dashboard, signed in. */
export async function choosePassword({ request, context }: ActionFunctionArgs, purpose: Purpose) {
  const { token } = await readLink(request, context, purpose);
  const form = await request.formData();
  const password = textOf(form, 'password');
  const name = form.has('name') ? textOf(form, 'name').trim() : undefined;
  // The server knows one password and not that it was typed twice.
  if (password !== textOf(form, 'repeat')) return refused({ fields: { repeat: 'form.passwordsDiffer' }, problem: null });
  try {
    await context.api.users.useLink({ token, password, name });
  } catch (thrown) {
    const words = { name: 'form.nameLong', repeat: 'form.passwordsDiffer', ...passwordWords(password) } as const;
    return refused(errorsFrom<ChooseField>(thrown, words, passwordCodes));
  }
  return redirect('/');

  function refused(errors: FormErrors<ChooseField>) {
    return data({ name, errors }, { status: errors.problem?.status ?? 400 });
  }
}
