import { Form, Link, useNavigate, useSearchParams } from '@remix-run/react';
import { useEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/button';
import { ChevronDownIcon, SearchIcon } from '../ui/icons';
import { MenuButton, MenuChoice, MenuItem } from '../ui/menu';
import { StateSign } from '../ui/state-sign';
import { hostStates, platforms, type Counts } from './host-types';
import { listLink, readListQuery } from './list-query';

const SORTS = ['fqdn_asc', 'fqdn_desc', 'registered_desc', 'registered_asc', 'lastSeen_desc', 'lastSeen_asc'] as const;

/** What the list shows, mirrored in the address: a filtered list can be sent, bookmarked and left with Back. */
export function HostFilters({ counts }: { counts: Counts }) {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const query = readListQuery(params);
  const to = (address: string) => navigate(address, { preventScrollReset: true });
  const choice = 'flex items-center gap-2';

  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <Search />
        <div className="flex gap-2">
          <MenuButton
            look="quiet"
            face={
              <span className={choice}>
                {query.platform ? t(`platform.${query.platform}`) : t('platform.any')} <ChevronDownIcon />
              </span>
            }
          >
            <MenuChoice
              title={t('hosts.platform')}
              chosen={query.platform ?? 'any'}
              onChoose={(id) => to(listLink(params, { platform: id === 'any' ? undefined : id }))}
            >
              <MenuItem id="any">{t('platform.any')}</MenuItem>
              {platforms.map((platform) => (
                <MenuItem key={platform} id={platform}>
                  {t(`platform.${platform}`)}
                </MenuItem>
              ))}
            </MenuChoice>
          </MenuButton>
          <MenuButton
            look="quiet"
            face={
              <span className={choice}>
                {t('hosts.sort')} <ChevronDownIcon />
              </span>
            }
          >
            <MenuChoice
              title={t('hosts.sort')}
              chosen={`${query.sort}_${query.direction}`}
              onChoose={(id) => {
                const [sort, direction] = id.split('_');
                to(listLink(params, { sort, direction }));
              }}
            >
              {SORTS.map((sort) => (
                <MenuItem key={sort} id={sort}>
                  {t(`hosts.sortBy.${sort}`)}
                </MenuItem>
              ))}
            </MenuChoice>
          </MenuButton>
        </div>
      </div>
      <nav
        aria-label={t('hosts.stateFilter')}
        className="-mx-1 flex gap-1 overflow-x-auto px-1 pb-1 text-13 sm:flex-wrap"
      >
        <StateLink isChosen={!query.state} to={listLink(params, { state: undefined })}>
          {t('hosts.all')}
        </StateLink>
        {hostStates.map((state) => (
          <StateLink key={state} isChosen={query.state === state} to={listLink(params, { state })}>
            <StateSign state={state} word={t(`state.${state}`)} />
            <span className="text-ink-2">{counts[state]}</span>
          </StateLink>
        ))}
      </nav>
    </div>
  );
}

function StateLink({ isChosen, to, children }: { isChosen: boolean; to: string; children: ReactNode }) {
  return (
    <Link
      to={to}
      preventScrollReset
      aria-current={isChosen ? 'true' : undefined}
      className="inline-flex h-8 shrink-0 items-center gap-2 rounded-4 px-2.5 whitespace-nowrap hover:bg-sunken
        aria-[current]:bg-line pointer-coarse:h-10"
    >
      {children}
    </Link>
  );
}

/** Long enough not to ask for every letter, short enough to seem immediate. */
const TYPING_PAUSE_MS = 250;

/** Filters while one types, and by itself as a plain form before the script is there. */
function Search() {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  const search = params.get('search') ?? '';
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    // Back, or a cleared filter, must show in the field; but never under somebody's typing.
    if (input.current && input.current !== document.activeElement) input.current.value = search;
  }, [search]);

  const go = (value: string) => {
    clearTimeout(timer.current);
    navigate(listLink(params, { search: value }), { replace: true, preventScrollReset: true });
  };
  return (
    <Form
      role="search"
      action="/hosts"
      className="relative min-w-0 grow sm:max-w-80"
      onSubmit={(event) => {
        event.preventDefault();
        go(input.current?.value ?? '');
      }}
    >
      {['state', 'platform', 'sort', 'direction'].map((name) =>
        params.get(name) ? <input key={name} type="hidden" name={name} value={params.get(name)!} /> : null,
      )}
      <span className="pointer-events-none absolute inset-y-0 start-2.5 grid place-items-center text-ink-3">
        <SearchIcon />
      </span>
      <input
        ref={input}
        type="search"
        name="search"
        data-filter=""
        defaultValue={search}
        aria-label={t('hosts.search')}
        placeholder={t('hosts.search')}
        autoComplete="off"
        spellCheck={false}
        maxLength={253}
        onChange={({ target }) => {
          clearTimeout(timer.current);
          timer.current = setTimeout(() => go(target.value), TYPING_PAUSE_MS);
        }}
        className="h-8 w-full rounded-4 border border-line-strong bg-raised ps-8 pe-2 text-16 placeholder:text-ink-3
          sm:text-13 pointer-coarse:h-10"
      />
      <noscript>
        <Button type="submit">{t('hosts.filter')}</Button>
      </noscript>
    </Form>
  );
}
