import type { LoaderFunctionArgs } from '@remix-run/node';
import { Form, Link, useLoaderData, useSearchParams } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { ActProblem } from '../forms/act-problem';
import { useAct } from '../forms/use-act';
import { COLUMNS, COLUMNS_PARAM, columnsOf } from '../hosts/list/columns';
import type { PageHandle } from '../page-handle';
import { PageProblem } from '../page-problem';
import { Button } from '../ui/button';
import { CheckboxGroup } from '../ui/fields/checkbox-group';
import { TextField } from '../ui/fields/text-field';
import { useCount } from '../ui/figures/use-count';
import { Section } from '../ui/section';

export const handle: PageHandle = { title: (t) => t('views.title') };

/** Asks for a host's count as well: who may see no host has no list to look at. */
export async function loader({ context: { api } }: LoaderFunctionArgs) {
  await api.hosts.counts();
  return { views: await api.views.list() };
}

/** How one looks at the list of hosts: its columns, and the views that one has saved. The address is the list's. */
export default function ViewPage() {
  const { t } = useTranslation();
  const { views } = useLoaderData<typeof loader>();
  const [params] = useSearchParams();
  return (
    <div className="flex max-w-2xl flex-col gap-8">
      <div className="flex flex-wrap items-baseline justify-between gap-3">
        <h1 className="text-20 font-semibold">{t('views.title')}</h1>
        <Link to={`/hosts?${params}`} className="link text-13">
          {t('views.back')}
        </Link>
      </div>
      <Columns />
      <SaveView />
      <Section title={t('views.list')}>
        {views.length > 0 ? (
          <ul className="flex flex-col gap-1">
            {views.map((view) => (
              <SavedView key={view.id} view={view} />
            ))}
          </ul>
        ) : (
          <p className="text-13 text-ink-2">{t('views.none')}</p>
        )}
      </Section>
    </div>
  );
}

const NAMES = {
  state: 'hosts.column.state',
  system: 'hosts.column.system',
  cpu: 'metric.cpu',
  memory: 'metric.memory',
  disk: 'metric.disk',
  lastSeen: 'hosts.column.lastSeen',
  certificate: 'hosts.column.certificate',
  tags: 'hosts.column.tags',
  fleets: 'hosts.column.fleets',
  agent: 'hosts.column.agent',
  registered: 'hosts.column.registered',
} as const;

function Columns() {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const shown = columnsOf(params);
  return (
    <Form action="/hosts" className="flex flex-col gap-3">
      {[...params]
        .filter(([name]) => name !== COLUMNS_PARAM && name !== 'cursor')
        .map(([name, value]) => (
          <input key={`${name} ${value}`} type="hidden" name={name} value={value} />
        ))}
      {/* Also when no other is chosen: an address without any has the usual ones. */}
      <input type="hidden" name={COLUMNS_PARAM} value="name" />
      <CheckboxGroup
        name={COLUMNS_PARAM}
        label={t('views.columns')}
        options={COLUMNS.map((column) => ({ value: column, text: t(NAMES[column]), isChosen: shown.has(column) }))}
      />
      <p className="text-12 text-ink-2">{t('views.columnsHelp')}</p>
      <div>
        <Button type="submit">{t('views.show')}</Button>
      </div>
    </Form>
  );
}

function SaveView() {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const { Form, form, isPending, problem, answer } = useAct('views.save', {
    on: { query: params.toString() },
    done: ({ name }) => t('views.saved', { view: name }),
  });
  // The field is empty again when its view is saved.
  const saved = useCount(answer);
  return (
    <Section title={t('views.save')}>
      <Form {...form} key={saved} className="flex flex-col gap-3">
        <TextField
          name="name"
          label={t('views.name')}
          description={t('views.saveHelp')}
          maxLength={60}
          autoComplete="off"
        />
        {!isPending && <ActProblem problem={problem} />}
        <div>
          <Button type="submit" isPending={isPending}>
            {t('act.save')}
          </Button>
        </div>
      </Form>
    </Section>
  );
}

function SavedView({ view: { id, name, query } }: { view: { id: string; name: string; query: string } }) {
  const { t } = useTranslation();
  const { Form, form, isPending, problem } = useAct('views.delete', {
    on: { viewId: id },
    done: t('views.deleted', { view: name }),
  });
  return (
    <li className="flex flex-wrap items-center justify-between gap-2">
      <Link to={`/hosts?${query}`} className="link min-w-0 wrap-anywhere">
        <bdi>{name}</bdi>
      </Link>
      <Form {...form}>
        <Button type="submit" look="plain" isPending={isPending} aria-label={t('views.deleteOf', { view: name })}>
          {t('views.delete')}
        </Button>
        {!isPending && <ActProblem problem={problem} />}
      </Form>
    </li>
  );
}

export const ErrorBoundary = PageProblem;
