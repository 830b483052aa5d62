import type { ReactNode } from 'react';

/**
 * Every state there is a sign for. Shape, colour and word together survive greyscale, colour blindness and translation.
 */
export type SignedState =
  | ('up' | 'down' | 'never' | 'pending' | 'conflict' | 'rejected' | 'revoked')
  | 'locked'
  | ('ok' | 'warning' | 'critical');

const SIGNS: Record<SignedState, { color: string; drawing: ReactNode }> = {
  up: { color: 'text-up', drawing: <circle cx="8" cy="8" r="5.25" fill="currentColor" stroke="none" /> },
  down: {
    color: 'text-down',
    drawing: <path d="M2.5 8a5.5 5.5 0 1 0 11 0 5.5 5.5 0 1 0-11 0Zm2.75 0h5.5" strokeWidth="2" />,
  },
  never: { color: 'text-off', drawing: <circle cx="8" cy="8" r="5.5" strokeDasharray="0.01 3.45" strokeWidth="2" /> },
  pending: {
    color: 'text-pending',
    drawing: <path d="M2.25 8a5.75 5.75 0 1 0 11.5 0 5.75 5.75 0 1 0-11.5 0ZM8 4.75V8l2.25 1.5" />,
  },
  conflict: {
    color: 'text-conflict',
    drawing: (
      <path d="M1.75 8a3.9 3.9 0 1 0 7.8 0 3.9 3.9 0 1 0-7.8 0Zm4.7 0a3.9 3.9 0 1 0 7.8 0 3.9 3.9 0 1 0-7.8 0Z" />
    ),
  },
  rejected: {
    color: 'text-off',
    drawing: <path d="M2.25 8a5.75 5.75 0 1 0 11.5 0 5.75 5.75 0 1 0-11.5 0Zm3.5-2.25 4.5 4.5m0-4.5-4.5 4.5" />,
  },
  // Health: none of its shapes is one of a state.
  ok: { color: 'text-up', drawing: <path d="m3 8.5 3.5 3.5L13 4.75" strokeWidth="2" /> },
  warning: { color: 'text-pending', drawing: <path d="M8 2.25 14.25 13.5H1.75ZM8 6.5v3m0 2v.01" /> },
  critical: {
    color: 'text-down',
    drawing: <path d="M5.25 1.75h5.5l3.5 3.5v5.5l-3.5 3.5h-5.5l-3.5-3.5v-5.5ZM8 4.75v4m0 2.25v.01" />,
  },
  locked: { color: 'text-down', drawing: <path d="M3.25 7.25h9.5v6.5h-9.5Zm2-.25V5a2.75 2.75 0 0 1 5.5 0v2" /> },
  // A key whose shaft is broken.
  revoked: {
    color: 'text-off',
    drawing: (
      <path d="M1.75 10.5a2.75 2.75 0 1 0 5.5 0 2.75 2.75 0 1 0-5.5 0Zm4.7-2L8 7m1.9-1.9 3.35-3.35m0 0 1 1m-1-1-1.6 1.6 1.2 1.2M7 4.25l.4 1.2m4.35 3.3-1.2-.4" />
    ),
  },
};

/** The sign of a state with its word. `bare` leaves the word to screen readers, for where it stands beside already. */
export function StateSign({ state, word, bare = false }: { state: SignedState; word: string; bare?: boolean }) {
  const { color, drawing } = SIGNS[state];
  return (
    <span className={`inline-flex items-baseline gap-1.5 whitespace-nowrap font-medium ${color}`} data-state={state}>
      <svg
        viewBox="0 0 16 16"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
        className="size-3.5 shrink-0 translate-y-px self-center"
      >
        {drawing}
      </svg>
      <span className={bare ? 'sr-only' : undefined}>{word}</span>
    </span>
  );
}
