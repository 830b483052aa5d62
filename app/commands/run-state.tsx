import { useTranslation } from 'react-i18next';
import { type SignedState, StateSign } from '../ui/state-sign';
import type { RunState } from './command-types';

const SIGN: Record<RunState, SignedState> = {
  queued: 'pending',
  sent: 'pending',
  received: 'pending',
  running: 'pending',
  succeeded: 'up',
  failed: 'down',
  timed_out: 'down',
  unknown: 'conflict',
  expired: 'rejected',
  cancelled: 'rejected',
  rejected: 'rejected',
};

export function RunStateSign({ state }: { state: RunState }) {
  const { t } = useTranslation();
  return <StateSign state={SIGN[state]} word={t(`command.state.${state}`)} />;
}
