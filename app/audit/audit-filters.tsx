import { Form, Link, useNavigate, useSearchParams } from '@remix-run/react';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { Button, buttonClass } from '../ui/button';
import { useTimeZone } from '../ui/figures/clock';
import { FilterInput } from '../ui/list/filter-input';
import { FilterLink } from '../ui/list/filter-link';
import { FilterSelect } from '../ui/list/filter-select';
import { auditLink, filterNames, readAuditQuery, zoneOf, type FilterName } from './audit-query';
import { outcomes } from './audit-types';
import { actionChoices } from './audit-words';

/**
 * What the page shows, mirrored in the address: a filtered log can be sent, bookmarked and left with Back.
 * @param actorName of whoever the log is filtered by, as one of the records has it
 */
export function AuditFilters({ actorName }: { actorName: string | null }) {
  const { t, i18n } = useTranslation();
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const { outcome, object, action, actorId } = readAuditQuery(params);
  const what = useId();
  const known = actionChoices(t, i18n.language);
  // Of an address that another version wrote: what is filtered by must show.
  const unknown = action && !known.some(({ value }) => value === action) ? [{ value: action, text: action }] : [];
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
        {actorId && <input type="hidden" name="actorId" value={actorId} />}
        <input type="hidden" name="zone" value={zone} />
        <Field name="search" type="search" label={t('audit.search')} className="col-span-2 sm:w-64" />
        <Field name="actor" label={t('audit.actor')} className="sm:w-48" />
        <div className="flex min-w-0 flex-col gap-1 text-12 text-ink-2 sm:w-48">
          <label htmlFor={what}>{t('audit.what')}</label>
          <FilterSelect
            id={what}
            name="action"
            value={action ?? ''}
            options={[{ value: '', text: t('audit.anything') }, ...known, ...unknown]}
          />
        </div>
        <Field name="from" type="date" label={t('audit.from', { zone })} />
        <Field name="to" type="date" label={t('audit.to', { zone })} />
        <Button type="submit">{t('list.filter')}</Button>
        {isFiltered && (
          <Link to="/audit" className={buttonClass('plain')}>
            {t('list.clear')}
          </Link>
        )}
      </Form>
      {/* These have no field of their own, and must not filter unseen. */}
      {actorId && (
        <p className="text-13 text-ink-2">
          {t('audit.onlyBy')}{' '}
          {actorName ? (
            <span className="text-ink wrap-anywhere">{actorName}</span>
          ) : (
            <span className="mono text-12 text-ink">{actorId}</span>
          )}{' '}
          <Link to={auditLink(params, { actorId: undefined })} className="link">
            {t('audit.byAll')}
          </Link>
        </p>
      )}
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
          <FilterLink key={one ?? 'all'} isChosen={outcome === one} to={auditLink(params, { outcome: one })}>
            {one ? t(`audit.outcomes.${one}`) : t('audit.all')}
          </FilterLink>
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
  return (
    <label className={`flex min-w-0 flex-col gap-1 text-12 text-ink-2 ${className}`}>
      {label}
      <FilterInput
        type={type}
        name={name}
        data-filter={type === 'search' ? '' : undefined}
        value={params.get(name) ?? ''}
        maxLength={253}
        className="px-2"
      />
    </label>
  );
}
