import { Link, useSearchParams } from '@remix-run/react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunState, Square } from './command-types';

/** Colour and a mark of each: what it says is its name. */
const LOOK: Record<RunState, { look: string; mark: string }> = {
  queued: { look: 'border-off-edge bg-off-tint text-off', mark: '' },
  sent: { look: 'border-off-edge bg-off-tint text-off', mark: '·' },
  received: { look: 'border-pending-edge bg-pending-tint text-pending', mark: '·' },
  running: { look: 'border-pending-edge bg-pending-tint text-pending', mark: '›' },
  succeeded: { look: 'border-up-edge bg-up-tint text-up', mark: '✓' },
  failed: { look: 'border-down-edge bg-down-tint text-down', mark: '×' },
  timed_out: { look: 'border-down-edge bg-down-tint text-down', mark: '…' },
  unknown: { look: 'border-conflict-edge bg-conflict-tint text-conflict', mark: '?' },
  expired: { look: 'border-off-edge bg-off-tint text-off', mark: '…' },
  cancelled: { look: 'border-off-edge bg-off-tint text-off', mark: '–' },
  rejected: { look: 'border-off-edge bg-off-tint text-off', mark: '×' },
};

interface Props {
  squares: readonly Square[];
  chosen: string | undefined;
  /** Whether a pointer or the focus is on one. */
  onHeld: (isHeld: boolean) => void;
}

/** A square a host, by state. Each leads to what its host wrote. */
export function Squares({ squares, chosen, onHeld }: Props) {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  // Which of them are shown stays.
  const filter = new URLSearchParams(
    ['state', 'output', 'cursor'].flatMap((name) => (params.has(name) ? [[name, params.get(name)!]] : [])),
  );
  return (
    <ul
      aria-label={t('command.squares')}
      className="flex flex-wrap gap-1"
      onPointerEnter={() => onHeld(true)}
      onPointerLeave={() => onHeld(false)}
      onFocus={() => onHeld(true)}
      onBlur={() => onHeld(false)}
    >
      {squares.map((square) => (
        <HostSquare key={square.hostId} {...square} filter={filter.toString()} isChosen={square.hostId === chosen} />
      ))}
    </ul>
  );
}

/** Of thousands only those that changed are drawn again. */
const HostSquare = memo(function HostSquare({
  hostId,
  fqdn,
  state,
  filter,
  isChosen,
}: Square & { filter: string; isChosen: boolean }) {
  const { t } = useTranslation();
  const { look, mark } = LOOK[state];
  const name = t('command.squareOf', { host: fqdn, state: t(`command.state.${state}`) });
  return (
    <li>
      <Link
        to={`?${filter && `${filter}&`}host=${hostId}`}
        preventScrollReset
        replace
        aria-label={name}
        title={name}
        data-run={state}
        aria-current={isChosen ? 'true' : undefined}
        className={`grid size-5 place-items-center rounded-4 border text-12 leading-none no-underline select-none
          aria-[current]:outline-2 aria-[current]:outline-offset-1 aria-[current]:outline-accent
          pointer-coarse:size-7 ${look}`}
      >
        <span aria-hidden="true">{mark}</span>
      </Link>
    </li>
  );
});
