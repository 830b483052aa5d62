import { useNavigate } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { ChevronDownIcon } from './icons';
import { MenuButton, MenuChoice, MenuItem } from './menu';
import type { Direction } from './sorting';

type Order<Sort extends string> = `${Sort}_${Direction}`;

interface Props<Sort extends string> {
  query: { sort: Sort; direction: Direction };
  /** In the order they are offered, each with its words. */
  orders: { id: Order<Sort>; text: string }[];
  /** The address of the list in another order. */
  link: (order: { sort: string | undefined; direction: string | undefined }) => string;
}

/** Every order that a list can have, also by what has no column. */
export function SortMenu<Sort extends string>({ query, orders, link }: Props<Sort>) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <MenuButton
      look="quiet"
      face={
        <span className="flex items-center gap-2">
          {t('list.sort')} <ChevronDownIcon />
        </span>
      }
    >
      <MenuChoice
        title={t('list.sort')}
        chosen={`${query.sort}_${query.direction}`}
        onChoose={(id) => {
          const [sort, direction] = id.split('_');
          navigate(link({ sort, direction }), { preventScrollReset: true });
        }}
      >
        {orders.map(({ id, text }) => (
          <MenuItem key={id} id={id}>
            {text}
          </MenuItem>
        ))}
      </MenuChoice>
    </MenuButton>
  );
}
