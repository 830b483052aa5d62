import { useTranslation } from 'react-i18next';

/** The mark: machines in a row, one of them speaking. `isSmall` leaves the name to screen readers. */
export function Logo({ isSmall = false }: { isSmall?: boolean }) {
  const { t } = useTranslation();
  return (
    <span className="inline-flex items-center gap-2.5 text-16 font-semibold tracking-tight">
      <svg viewBox="0 0 24 24" aria-hidden="true" className="size-6 shrink-0">
        <rect width="24" height="24" rx="6" fill="currentColor" />
        <g className="text-paper" fill="currentColor">
          <rect x="5" y="5.5" width="14" height="3" rx="1.5" />
          <rect x="5" y="10.5" width="9" height="3" rx="1.5" />
          <rect x="5" y="15.5" width="14" height="3" rx="1.5" />
          <circle cx="17.5" cy="12" r="1.5" />
        </g>
      </svg>
      <span className={isSmall ? 'max-lg:sr-only' : undefined}>{t('product')}</span>
    </span>
  );
}
