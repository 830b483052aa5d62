import { Meter as AriaMeter } from 'react-aria-components';

interface Props {
  label: string;
  /** 0 to 100. */
  percent: number;
  /** The figure as it is shown, in the reader's language. */
  figure: string;
}

/**
 * A small bar with its figure. Drawn as SVG, so that it needs no `style` attribute and a stricter policy can refuse
 * those.
 */
export function Meter({ label, percent, figure }: Props) {
  return (
    <AriaMeter value={percent} valueLabel={figure} aria-label={label} className="inline-flex items-center gap-2">
      <svg className="h-1.5 w-8 xl:w-12 shrink-0 rounded-4 bg-line text-ink-2 rtl:-scale-x-100" aria-hidden="true">
        <rect width={`${Math.max(0, Math.min(100, percent))}%`} height="100%" fill="currentColor" />
      </svg>
      <span className="min-w-8 text-end" aria-hidden="true" suppressHydrationWarning>
        {figure}
      </span>
    </AriaMeter>
  );
}
