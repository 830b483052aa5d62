import { NavLink, useLocation } from '@remix-run/react';
import type { ComponentType, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button, MenuTrigger } from 'react-aria-components';
import { useList } from '../figures/use-list';
import { MoreIcon } from '../icons';
import { MenuItem, MenuList } from '../menu';

interface RailItem {
  to: string;
  label: string;
  Icon: ComponentType<{ className?: string }>;
  /** How much waits there, with the words for it. Nothing waits: no badge. */
  badge?: { count: number; label: string };
}

/** How many fit under a thumb, on the smallest phone. Of more, one place less is shown, and a menu of the rest. */
const IN_BAR = 5;

const ITEM =
  'group relative flex items-center gap-3 rounded-4 px-3 py-2 text-ink-2 hover:bg-line aria-[current=page]:bg-line ' +
  'aria-[current=page]:font-semibold aria-[current=page]:text-ink max-sm:h-12 max-sm:min-w-0 max-sm:flex-1 ' +
  'max-sm:flex-col max-sm:justify-center max-sm:gap-0.5 max-sm:px-1 max-sm:py-1 max-sm:aria-[current=page]:flex-none ' +
  'max-sm:aria-[current=page]:px-2';

/** On a phone there is room for the word of where one is. */
const WORD = 'max-sm:text-12 max-sm:group-[:not([aria-current=page])]:sr-only';

/**
 * The places there are. Words beside icons, then icons alone, then a bar under the thumb, with a menu of what is too
 * much.
 */
export function Rail({ label, brand, items }: { label: string; brand: ReactNode; items: RailItem[] }) {
  const shown = items.length > IN_BAR ? IN_BAR - 1 : items.length;
  return (
    <nav
      aria-label={label}
      className="flex gap-1 max-sm:fixed max-sm:inset-x-0 max-sm:bottom-0 max-sm:z-30 max-sm:justify-around
        max-sm:border-t max-sm:border-line max-sm:bg-sunken max-sm:px-2 max-sm:pt-1
        max-sm:pb-[max(0.25rem,env(safe-area-inset-bottom))] sm:flex-col"
    >
      {brand}
      {items.map(({ to, label: word, Icon, badge }, at) => (
        <NavLink
          key={to}
          to={to}
          end={to === '/'}
          title={word}
          // A menu needs a script. Without one all places stand in the bar, narrow as they are.
          className={`${ITEM} sm:max-lg:w-10 sm:max-lg:justify-center sm:max-lg:px-0 ${
            at < shown ? '' : 'max-sm:hidden max-sm:noscript:flex'
          }`}
        >
          <Icon className="size-4 max-sm:size-5" />
          <span className={`${WORD} sm:max-lg:sr-only`}>{word}</span>
          {badge && <Badge {...badge} />}
        </NavLink>
      ))}
      {shown < items.length && <More items={items.slice(shown)} />}
    </nav>
  );
}

/** The places that a phone has no room for. Says where one is, when it is one of them. */
function More({ items }: { items: RailItem[] }) {
  const { t } = useTranslation();
  const list = useList();
  const { pathname } = useLocation();
  const isHere = ({ to }: RailItem) => pathname === to || pathname.startsWith(`${to}/`);
  const here = items.find(isHere);
  const waiting = items.flatMap(({ badge }) => (badge && badge.count > 0 ? [badge] : []));
  return (
    <MenuTrigger>
      <Button
        className={`${ITEM} sm:hidden noscript:hidden aria-expanded:bg-line ${here ? 'bg-line font-semibold text-ink' : ''}`}
      >
        <MoreIcon className="size-5" />
        <span className="text-12">
          {t('nav.more')}
          {here && <span className="sr-only">{` (${t('nav.here', { place: here.label })})`}</span>}
        </span>
        {waiting.length > 0 && (
          <Badge
            count={waiting.reduce((sum, { count }) => sum + count, 0)}
            label={list(waiting.map(({ label }) => label))}
          />
        )}
      </Button>
      <MenuList placement="top end">
        {items.map((item) => (
          <MenuItem key={item.to} href={item.to} textValue={item.label}>
            <item.Icon className="size-4" />
            <span className={isHere(item) ? 'font-semibold' : ''}>{item.label}</span>
            {isHere(item) && <span className="sr-only">{t('nav.current')}</span>}
            {item.badge && item.badge.count > 0 && (
              <span className="ms-auto ps-4 text-12 text-pending">{item.badge.label}</span>
            )}
          </MenuItem>
        ))}
      </MenuList>
    </MenuTrigger>
  );
}

function Badge({ count, label }: { count: number; label: string }) {
  if (count <= 0) return null;
  return (
    <span
      className="ms-auto min-w-5 rounded-8 bg-pending-tint px-1.5 text-center text-12 leading-5 font-semibold text-pending
        max-lg:absolute max-lg:-end-1 max-lg:-top-1 max-sm:start-1/2 max-sm:end-auto max-sm:ms-1.5 max-sm:top-0"
    >
      <span aria-hidden="true">{count > 99 ? '99+' : count}</span>
      <span className="sr-only">{label}</span>
    </span>
  );
}
