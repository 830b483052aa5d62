import { Form, useNavigate, useSearchParams } from '@remix-run/react';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { textOf } from '../forms/form-errors';
import { Button } from '../ui/button';
import { useTimeZone } from '../ui/figures/clock';
import { FilterInput } from '../ui/list/filter-input';
import { FilterSelect } from '../ui/list/filter-select';
import { ListMenu } from '../ui/list/list-menu';
import { readFactsQuery, SECTIONS, SPANS } from './facts-query';

interface Props {
  /** The address of the page with some of it changed. */
  link: (changes: Record<string, string | undefined>) => string;
}

/** Which changes of a host are shown: since when, and of which section. */
export function ChangeFilters({ link }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const { days, since, section, zone: asked } = readFactsQuery(params);
  const readersZone = useTimeZone();
  const zone = asked ?? readersZone;
  const ids = { section: useId(), since: useId() };
  const within = (span: number) => t('facts.within', { count: span });
  const sections = SECTIONS.map((value) => ({ value, text: t(`facts.section.${value}`) }));
  return (
    <Form
      role="search"
      aria-label={t('facts.changes')}
      className="flex flex-wrap items-end gap-2 pb-3"
      onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        const since = textOf(form, 'since');
        const changes = { since, zone: since ? zone : undefined, section: textOf(form, 'section') };
        navigate(link(changes), { preventScrollReset: true });
      }}
    >
      {[...params]
        .filter(([name]) => !['since', 'zone', 'section', 'cursor'].includes(name))
        .map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
      <input type="hidden" name="zone" value={zone} />
      <div className="flex min-w-0 flex-col gap-1 text-12 text-ink-2">
        <label htmlFor={ids.section}>{t('facts.ofSection')}</label>
        <FilterSelect
          id={ids.section}
          name="section"
          value={section ?? ''}
          options={[{ value: '', text: t('facts.ofAll') }, ...sections]}
        />
      </div>
      <div className="flex min-w-0 flex-col gap-1 text-12 text-ink-2">
        <label htmlFor={ids.since}>{t('facts.sinceDay', { zone })}</label>
        <FilterInput id={ids.since} name="since" type="date" value={since ?? ''} className="px-2" />
      </div>
      <Button type="submit">{t('list.filter')}</Button>
      <ListMenu
        face={since ? t('facts.sinceThat') : within(days)}
        title={t('facts.changes')}
        chosen={since ? '' : String(days)}
        options={SPANS.map((span) => ({ id: String(span), text: within(span) }))}
        link={(days) => link({ days, since: undefined, zone: undefined })}
      />
    </Form>
  );
}
