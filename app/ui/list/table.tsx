import { Link } from '@remix-run/react';
import { type FocusEvent, forwardRef, type ReactNode } from 'react';
import { ArrowDownIcon, ArrowUpIcon } from '../icons';

/* eslint-disable jsx-a11y/no-redundant-roles, jsx-a11y/no-interactive-element-to-noninteractive-role --
 * Below 640 px a row stands as a block of its own, and CSS that changes `display` takes a table's meaning away
 * from screen readers. The roles give it back; that they repeat the element is the point.
 */

interface TableProps {
  label: string;
  head: ReactNode;
  /** Widths that do not follow the content, for figures that change while one reads; each column then names its own. */
  layout?: string;
  /** How many rows there are when some are not drawn, with the heads'; -1 where nobody knows. */
  rowCount?: number;
  /** Row groups behind the first. */
  more?: ReactNode;
  children: ReactNode;
}

export function Table({ label, head, layout = '', rowCount, more, children }: TableProps) {
  return (
    <div className="overflow-x-auto max-sm:overflow-visible">
      <table
        role="table"
        aria-label={label}
        aria-rowcount={rowCount}
        className={`w-full border-collapse text-start text-13 max-sm:block ${layout}`}
      >
        <thead role="rowgroup" className="max-sm:block">
          <tr role="row" className="max-sm:flex max-sm:flex-wrap max-sm:gap-x-4">
            {head}
          </tr>
        </thead>
        <RowGroup>{children}</RowGroup>
        {more}
      </table>
    </div>
  );
}

interface RowGroupProps {
  children?: ReactNode;
  onFocus?: () => void;
  onBlur?: (event: FocusEvent) => void;
}

/** Rows that are drawn, or left out, together. */
export const RowGroup = forwardRef<HTMLTableSectionElement, RowGroupProps>(function RowGroup(props, ref) {
  return <tbody ref={ref} role="rowgroup" className="max-sm:block" {...props} />;
});

const HEAD =
  'border-b border-line px-3 py-1.5 text-start text-12 font-normal whitespace-nowrap text-ink-2 first:ps-0 last:pe-0';

export function Column({ children, className = '' }: { children: ReactNode; className?: string }) {
  return (
    <th role="columnheader" scope="col" className={`${HEAD} max-sm:sr-only ${className}`}>
      {children}
    </th>
  );
}

type Direction = 'asc' | 'desc';

interface SortColumnProps {
  children: ReactNode;
  to: string;
  /** How the table is sorted by this column now; null if it is by another. */
  sorted: Direction | null;
  className?: string;
}

/**
 * A column whose head sorts by it; again, the other way round. The order is in the address. Where rows are blocks,
 * these heads stay above them, and they alone.
 */
export function SortColumn({ children, to, sorted, className = '' }: SortColumnProps) {
  return (
    <th
      role="columnheader"
      scope="col"
      aria-sort={sorted === 'asc' ? 'ascending' : sorted === 'desc' ? 'descending' : 'none'}
      className={`${HEAD} max-sm:w-auto max-sm:border-0 max-sm:px-0 ${className}`}
    >
      <Link
        to={to}
        preventScrollReset
        className="group inline-flex items-center gap-1 hover:text-ink pointer-coarse:py-1.5"
      >
        {children}
        <span
          className={sorted ? 'text-ink' : 'invisible group-hover:visible group-focus-visible:visible max-sm:hidden'}
        >
          {sorted === 'desc' ? <ArrowDownIcon className="size-3" /> : <ArrowUpIcon className="size-3" />}
        </span>
      </Link>
    </th>
  );
}

interface RowProps {
  /** Shows a short tint each time it grows from one to the next. */
  changes?: number;
  /** It is no more what it was, and stays only to keep its place. */
  isFaded?: boolean;
  /** In pixels, at least; else as high as what is in it. */
  height?: number | undefined;
  /** Which of a list's rows it is, from 0, where some are not drawn. */
  index?: number | undefined;
  className?: string;
  children: ReactNode;
}

export function Row({ changes = 0, isFaded = false, height, index, className = '', children }: RowProps) {
  const tint = changes === 0 ? undefined : changes % 2 ? 'odd' : 'even';
  return (
    <tr
      role="row"
      data-tint={tint}
      // The first of them is the row of heads.
      aria-rowindex={index === undefined ? undefined : index + 2}
      style={{ height }}
      className={`relative border-b border-line hover:bg-sunken has-[[data-row]:focus-visible]:bg-sunken ${
        isFaded ? 'opacity-60' : ''
      } ${className}`}
    >
      {children}
    </tr>
  );
}

const CELL = 'px-3 py-2 align-top first:ps-0 last:pe-0 max-sm:p-0';

/** The cell that names the row. */
export function HeadCell({ children, className = '' }: { children: ReactNode; className?: string }) {
  return (
    <th role="rowheader" scope="row" className={`${CELL} text-start font-normal ${className}`}>
      {children}
    </th>
  );
}

export function Cell({
  children,
  span,
  className = '',
}: {
  children: ReactNode;
  /** How many columns it takes. */
  span?: number;
  className?: string;
}) {
  return (
    <td role="cell" colSpan={span} className={`${CELL} ${className}`}>
      {children}
    </td>
  );
}
