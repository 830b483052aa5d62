import type { ReactNode } from 'react';
import { WaitBar } from '../wait-bar';

interface Props {
  start: ReactNode;
  end: ReactNode;
  /** What is being waited for; null while nothing is. */
  waitingFor: string | null;
}

export function TopBar({ start, end, waitingFor }: Props) {
  return (
    <header
      className="sticky top-0 z-20 flex h-12 items-center justify-between gap-4 border-b border-line bg-paper px-4
      sm:px-6"
    >
      {start}
      <div className="flex shrink-0 items-center gap-1">{end}</div>
      {waitingFor && <WaitBar text={waitingFor} />}
    </header>
  );
}
