import { useTranslation } from 'react-i18next';
import { StateSign, type SignedState } from '../ui/state-sign';
import type { UserState as State } from './user-types';

const SIGNS: Partial<Record<State, SignedState>> = { invited: 'pending', locked: 'locked', deactivated: 'rejected' };

/** The state in a word, with a sign where it is not the usual one. */
export function UserState({ state }: { state: State }) {
  const { t } = useTranslation();
  const [sign, word] = [SIGNS[state], t(`user.state.${state}`)];
  return sign ? <StateSign state={sign} word={word} /> : <span>{word}</span>;
}
