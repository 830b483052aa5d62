import { useTranslation } from 'react-i18next';
import { EndedIcon, WarningIcon } from '../ui/icons';
import type { Stage } from './certificate-types';

const SIGNS = {
  nearing: { color: 'text-pending', Icon: WarningIcon },
  ended: { color: 'text-down', Icon: EndedIcon },
} as const;

/** Nothing for a certificate that is all right: what needs nobody needs no sign. */
export function StageSign({ stage }: { stage: Stage }) {
  const { t } = useTranslation();
  if (stage === 'good') return null;
  const { color, Icon } = SIGNS[stage];
  return (
    <span className={`inline-flex items-baseline gap-1.5 font-medium whitespace-nowrap ${color}`} data-stage={stage}>
      <Icon className="size-3.5 translate-y-px self-center" />
      {t(`certificates.stage.${stage}`)}
    </span>
  );
}
