import { data, redirect, type ActionFunctionArgs, type AppLoadContext, type LoaderFunctionArgs } from '@remix-run/node';
import { errorsFrom, textOf } from '../forms/form-errors';
import { refusedChoice, type ChooseField } from './choose-password';
import { passwordCodes, passwordWords } from './password-errors';

type Purpose = 'invitation' | 'reset';

/** What the link of the address is for. Throws 404 when it does not work, or works on the other page. */
async function readLink(request: Request, { api, requestId }: AppLoadContext, purpose: Purpose) {
  const token = new URL(request.url).searchParams.get('token') ?? '';
  const closed = data({ code: 'link.closed', requestId }, { status: 404 });
  if (token.length === 0 || token.length > 100) throw closed;
  const link = await api.users.link({ token });
  if (link.purpose !== purpose) throw closed;
  return { token, link };
}

export const loadLink = async ({ request, context }: LoaderFunctionArgs, purpose: Purpose) =>
  (await readLink(request, context, purpose)).link;

/** Sets the password and leads to the dashboard, signed in. */
export async function choosePassword({ request, context }: ActionFunctionArgs, purpose: Purpose) {
  const { token } = await readLink(request, context, purpose);
  const form = await request.formData();
  const password = textOf(form, 'password');
  const name = form.has('name') ? textOf(form, 'name').trim() : undefined;
  try {
    await context.api.users.useLink({ token, password, repeat: textOf(form, 'repeat'), name });
  } catch (thrown) {
    const words = { name: 'form.nameLong', repeat: 'form.passwordsDiffer', ...passwordWords(password) } as const;
    const errors = errorsFrom<ChooseField>(thrown, words, passwordCodes);
    return data(refusedChoice(errors, form), { status: errors.problem?.status ?? 400 });
  }
  return redirect('/');
}
