import { data, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import type { Permission } from '../../server/auth/permissions';
import { KeyTable } from '../api-keys/key-table';
import { NewKey } from '../api-keys/new-key';
import { keyWords, NewKeyForm, type KeyField } from '../api-keys/new-key-form';
import { errorsFrom, textOf, type FormErrors } from '../forms/form-errors';
import { agentAddress } from '../hosts/agent-address';
import { keepPage, reloadIfAnswered } from '../forms/keep-page';
import type { PageHandle } from '../page-handle';
import { PageProblem } from '../page-problem';
import { Section } from '../ui/section';
import { useAnswer } from '../forms/use-answer';

export const handle: PageHandle = {
  title: (t) => t('apiKey.title'),
  within: { title: (t) => t('profile.title'), path: '/profile' },
};

export async function loader({ request, context: { api, apiPort } }: LoaderFunctionArgs) {
  return { keys: await api.apiKeys.list(), port: apiPort, docs: `${agentAddress(request.url, apiPort)}/docs` };
}

export async function action({ request, context: { api } }: ActionFunctionArgs) {
  const form = await request.formData();
  const sent = sentIn(form);
  try {
    const { key } = await api.apiKeys.create(sent);
    return { made: { name: sent.name, key }, sent: undefined, errors: undefined };
  } catch (thrown) {
    const errors = errorsFrom(thrown, keyWords);
    return data(refused(errors, form), { status: errors.problem?.status ?? 400 });
  }
}

const sentIn = (form: FormData) => ({
  name: textOf(form, 'name').trim(),
  // What is no permission is the server's to refuse.
  permissions: form.getAll('permissions').map(String) as Permission[],
  days: Number(textOf(form, 'days')),
});

const refused = (errors: FormErrors<KeyField>, form: FormData) => ({ made: undefined, sent: sentIn(form), errors });

export const clientAction = keepPage(refused);

export const shouldRevalidate = reloadIfAnswered;

export default function ApiKeys() {
  const { t } = useTranslation();
  const { keys, port, docs } = useLoaderData<typeof loader>();
  const result = useAnswer<typeof action>();
  const made = result?.made;
  // No longer worth copying once it is revoked. The text of a key begins with what its row shows of it.
  const isOver = made && keys.some(({ prefix, state }) => state !== 'active' && made.key.startsWith(prefix));
  return (
    <div className="flex flex-col gap-6">
      <div className="max-w-2xl">
        <h1 className="text-20 font-semibold">{t('apiKey.title')}</h1>
        <p className="text-ink-2">
          {t('apiKey.text', { port: String(port) })}{' '}
          <a href={docs} className="link">
            {t('apiKey.docs')}
          </a>
        </p>
      </div>
      {made && !isOver && <NewKey name={made.name} secret={made.key} />}
      <Section title={t('apiKey.table')} count={keys.filter(({ state }) => state === 'active').length}>
        {keys.length > 0 ? <KeyTable keys={keys} /> : <p className="text-ink-2">{t('apiKey.none')}</p>}
      </Section>
      <Section title={t('apiKey.new')}>
        <NewKeyForm key={keys.length} sent={result?.sent} errors={result?.errors} />
      </Section>
    </div>
  );
}

export const ErrorBoundary = PageProblem;
