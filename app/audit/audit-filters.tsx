import { Form, Link, useNavigate, useSearchParams } from '@remix-run/react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Button, buttonClass } from '../ui/button';
import { useTimeZone } from '../ui/clock';
import { auditLink, filterNames, readAuditQuery, zoneOf, type FilterName } from './audit-query';
import { outcomes } from './audit-types';

/** What the page shows, mirrored in the address: a filtered log can be sent, bookmarked and left with Back. */
export function AuditFilters() {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const { outcome, object } = readAuditQuery(params);
  const readersZone = useTimeZone();
  const zone = zoneOf(params) ?? readersZone;
  const isFiltered = filterNames.some((name) => params.get(name));
  return (
    <div className="flex flex-col gap-3">
      <Form
        role="search"
        action="/audit"
        className="grid grid-cols-2 items-end gap-2 sm:flex sm:flex-wrap"
        onSubmit={(event) => {
          event.preventDefault();
          const filled = Object.fromEntries(new FormData(event.currentTarget)) as Record<FilterName, string>;
          navigate(auditLink(params, filled), { preventScrollReset: true });
        }}
      >
        {outcome && <input type="hidden" name="outcome" value={outcome} />}
        {object && <input type="hidden" name="object" value={object} />}
        <input type="hidden" name="zone" value={zone} />
        <Field name="search" type="search" label={t('audit.search')} className="col-span-2 sm:w-64" />
        <Field name="actor" label={t('audit.actor')} className="sm:w-48" />
        <Field name="action" label={t('audit.action')} className="sm:w-36" />
        <Field name="from" type="date" label={t('audit.from', { zone })} />
        <Field name="to" type="date" label={t('audit.to', { zone })} />
        <Button type="submit">{t('audit.filter')}</Button>
        {isFiltered && (
          <Link to="/audit" className={buttonClass('plain')}>
            {t('hosts.clear')}
          </Link>
        )}
      </Form>
      {/* It has no field of its own, and must not filter unseen. */}
      {object && (
        <p className="text-13 text-ink-2">
          {t('audit.onlyAbout')} <span className="mono text-12 text-ink">{object}</span>{' '}
          <Link to={auditLink(params, { object: undefined })} className="link">
            {t('audit.aboutAll')}
          </Link>
        </p>
      )}
      <nav aria-label={t('audit.byOutcome')} className="-mx-1 flex gap-1 overflow-x-auto px-1 pb-1 text-13">
        {[undefined, ...outcomes].map((one) => (
          <Link
            key={one ?? 'all'}
            to={auditLink(params, { outcome: one })}
            preventScrollReset
            aria-current={outcome === one ? 'true' : undefined}
            className="inline-flex h-8 shrink-0 items-center rounded-4 px-2.5 whitespace-nowrap hover:bg-sunken
              aria-[current]:bg-line pointer-coarse:h-10"
          >
            {one ? t(`audit.outcomes.${one}`) : t('audit.all')}
          </Link>
        ))}
      </nav>
    </div>
  );
}

interface FieldProps {
  name: FilterName;
  label: string;
  type?: 'text' | 'search' | 'date';
  className?: string;
}

function Field({ name, label, type = 'text', className = '' }: FieldProps) {
  const [params] = useSearchParams();
  const input = useRef<HTMLInputElement>(null);
  const value = params.get(name) ?? '';
  useEffect(() => {
    // Back, or a cleared filter, must show in the field; but never under somebody's typing.
    if (input.current && input.current !== document.activeElement) input.current.value = value;
  }, [value]);
  return (
    <label className={`flex min-w-0 flex-col gap-1 text-12 text-ink-2 ${className}`}>
      {label}
      <input
        ref={input}
        type={type}
        name={name}
        data-filter={type === 'search' ? '' : undefined}
        defaultValue={value}
        autoComplete="off"
        spellCheck={false}
        maxLength={253}
        className="h-8 w-full min-w-0 rounded-4 border border-line-strong bg-raised px-2 text-16 text-ink sm:text-13
          pointer-coarse:h-10"
      />
    </label>
  );
}
