import type { ReactNode } from 'react';
import { Cell, Column, HeadCell, Row, Table } from './list/table';

export interface ComparedFact {
  name: string;
  values: [ReactNode, ReactNode];
  /** What tells the two apart is what is looked for: it stands out, and is said. */
  differs: boolean;
}

interface Props {
  label: string;
  /** Heads the column of names, which needs none for the eye. */
  fact: string;
  /** The word for a fact that is not the same on both sides, for screen readers. */
  differs: string;
  columns: [ReactNode, ReactNode];
  facts: ComparedFact[];
}

/** Two things beside each other, a fact a line. */
export function Comparison({ label, fact, differs, columns, facts }: Props) {
  return (
    <Table
      label={label}
      layout="sm:table-fixed"
      head={
        <>
          <Column className="sm:w-40">
            <span className="sr-only">{fact}</span>
          </Column>
          <Column>{columns[0]}</Column>
          <Column>{columns[1]}</Column>
        </>
      }
    >
      {facts.map(({ name, values, differs: isDifferent }) => (
        <Row key={name} className="max-sm:grid max-sm:grid-cols-2 max-sm:gap-x-3 max-sm:py-2">
          <HeadCell className="text-ink-2 max-sm:col-span-2">
            {name}
            {isDifferent && <span className="sr-only">{` (${differs})`}</span>}
          </HeadCell>
          {values.map((value, side) => (
            <Cell key={side} className={`wrap-anywhere ${isDifferent ? 'font-semibold' : 'text-ink-2'}`}>
              {/* The heads of the columns are out of sight there. */}
              <span className="block text-12 font-normal text-ink-2 sm:hidden">{columns[side]}</span>
              {value || '–'}
            </Cell>
          ))}
        </Row>
      ))}
    </Table>
  );
}
