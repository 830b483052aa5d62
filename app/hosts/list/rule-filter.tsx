import { Form, useLocation, useNavigate, useSearchParams } from '@remix-run/react';
import { lazy, Suspense, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { textOf } from '../../forms/form-errors';
import { FaultyRule } from '../../rules/faulty-rule';
import type { RuleFault } from '../../rules/rule-fault';
import { Button } from '../../ui/button';
import { Field } from '../../ui/fields/field';
import { FilterInput } from '../../ui/list/filter-input';
import { useHydrated } from '../../ui/use-hydrated';
import { hostQuery } from './list-query';

const BuildRule = lazy(() => import('../../rules/build-rule'));

const EXAMPLE = 'platform = "linux" and tags has "env:prod" and memory < 4 GiB';

interface Props {
  fault: RuleFault | null;
  /** The address of the same page with another rule, or none. */
  link: (filter: string | undefined) => string;
}

/** Narrows a list of hosts, or what is shown of them, by a rule, which stands in the address as it was typed. */
export function RuleFilter({ fault, link }: Props) {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const form = useRef<HTMLFormElement>(null);
  // Later, and not as a part that is still loaded while the browser takes the page over: a filter would break into
  // that.
  const isHydrated = useHydrated();
  const filter = hostQuery.read(params).filter ?? '';
  const kept = [...params].filter(([name]) => name !== 'filter' && name !== 'cursor');
  return (
    <Form
      ref={form}
      role="search"
      aria-label={t('hosts.rule')}
      action={pathname}
      className="max-w-3xl"
      onSubmit={(event) => {
        event.preventDefault();
        const typed = textOf(new FormData(event.currentTarget), 'filter').trim();
        navigate(link(typed || undefined), { preventScrollReset: true });
      }}
    >
      {kept.map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <Field
        label={t('hosts.rule')}
        description={t('rules.example', { example: EXAMPLE })}
        error={fault && <FaultyRule text={filter} fault={fault} />}
      >
        {(tied) => (
          <span className="flex gap-2">
            <FilterInput {...tied} name="filter" value={filter} maxLength={2000} dir="ltr" className="mono px-3" />
            <Button type="submit">{t('list.filter')}</Button>
          </span>
        )}
      </Field>
      {/* As high before it is there: nothing below may move. */}
      <div className="min-h-8 pointer-coarse:min-h-10">
        {isHydrated && (
          <Suspense fallback={null}>
            <BuildRule
              text={filter}
              onText={(text) => (form.current!.querySelector<HTMLInputElement>('[name=filter]')!.value = text)}
            />
          </Suspense>
        )}
      </div>
    </Form>
  );
}
