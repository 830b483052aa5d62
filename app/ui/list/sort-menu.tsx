import { useTranslation } from 'react-i18next';
import { ListMenu } from './list-menu';
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
  return (
    <ListMenu
      face={t('list.sort')}
      title={t('list.sort')}
      chosen={`${query.sort}_${query.direction}`}
      options={orders}
      link={(id) => {
        const [sort, direction] = id.split('_');
        return link({ sort, direction });
      }}
    />
  );
}
