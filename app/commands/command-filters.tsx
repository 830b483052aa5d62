import { useSearchParams } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { FilterLink } from '../ui/list/filter-link';
import { ListMenu } from '../ui/list/list-menu';
import { commandKinds } from './command-types';
import { commandQuery, shows } from './list-query';

/** Which commands the list shows, mirrored in the address. */
export function CommandFilters() {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const query = commandQuery.read(params);
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <ListMenu
        face={query.kind ? t(`command.kind.${query.kind}`) : t('commands.anyKind')}
        title={t('commands.kind')}
        chosen={query.kind ?? 'any'}
        options={[
          { id: 'any', text: t('commands.anyKind') },
          ...commandKinds.map((id) => ({ id, text: t(`command.kind.${id}`) })),
        ]}
        link={(id) => commandQuery.link(params, { kind: id === 'any' ? undefined : id })}
      />
      <nav
        aria-label={t('commands.showFilter')}
        className="-mx-1 flex gap-1 overflow-x-auto px-1 pb-1 text-13 sm:flex-wrap"
      >
        {shows.map((show) => (
          <FilterLink
            key={show}
            isChosen={(query.show ?? 'all') === show}
            to={commandQuery.link(params, { show: show === 'all' ? undefined : show })}
          >
            {t(`commands.show.${show}`)}
          </FilterLink>
        ))}
      </nav>
    </div>
  );
}
