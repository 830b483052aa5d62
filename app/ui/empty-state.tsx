import type { ReactNode } from 'react';

interface Props {
  title: string;
  /** What it means. */
  text?: string;
  /** What to do next. */
  children?: ReactNode;
  /** 1 where it is all there is on the page. */
  level?: 1 | 2;
}

/** Where there is nothing to show: says why, and what to do next. */
export function EmptyState({ title, text, children, level = 2 }: Props) {
  const Heading = `h${level}` as const;
  return (
    <section className="flex max-w-2xl flex-col items-start gap-3 py-8">
      <Heading className="text-20 font-semibold">{title}</Heading>
      {text && <p className="text-ink-2">{text}</p>}
      {children}
    </section>
  );
}
