import { useNavigate, useSearchParams } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { FilterLink } from '../ui/list/filter-link';
import { ChevronDownIcon } from '../ui/icons';
import { MenuButton, MenuChoice, MenuItem } from '../ui/menu';
import { heldLink, readHeldQuery, shows, spans } from './held-query';

/** Which of them are shown, mirrored in the address. */
export function HeldFilters() {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const { show: shown, days } = readHeldQuery(params);
  return (
    <div className="flex flex-wrap items-center gap-2 text-13">
      <nav aria-label={t('certificates.show.label')} className="-mx-1 flex gap-1 overflow-x-auto px-1 sm:flex-wrap">
        {shows.map((show) => (
          <FilterLink key={show} isChosen={show === shown} to={heldLink(params, { show })}>
            {t(`certificates.show.${show}`, { count: days })}
          </FilterLink>
        ))}
      </nav>
      {shown === 'within' && (
        <MenuButton
          look="quiet"
          face={
            <span className="flex items-center gap-2">
              {t('hosts.days', { count: days })} <ChevronDownIcon />
            </span>
          }
        >
          <MenuChoice
            title={t('certificates.show.span')}
            chosen={String(days)}
            onChoose={(id) => navigate(heldLink(params, { days: id }), { preventScrollReset: true })}
          >
            {spans.map((span) => (
              <MenuItem key={span} id={String(span)}>
                {t('hosts.days', { count: span })}
              </MenuItem>
            ))}
          </MenuChoice>
        </MenuButton>
      )}
    </div>
  );
}
