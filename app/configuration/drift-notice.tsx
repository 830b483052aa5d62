import { useTranslation } from 'react-i18next';
import { ActProblem } from '../forms/act-problem';
import { useAct } from '../forms/use-act';
import { usePermissions } from '../permissions';
import { Button } from '../ui/button';
import { RelativeTime } from '../ui/figures/relative-time';
import { MachineText } from '../ui/machine-text';
import { Section } from '../ui/section';
import type { HostConfiguration } from './configuration-types';

interface Props {
  hostId: string;
  fqdn: string;
  drift: HostConfiguration['drift'];
}

/** What somebody set on the machine against what is wanted, and the two ways to make it one again. */
export function DriftNotice({ hostId, fqdn, drift }: Props) {
  const { t } = useTranslation();
  const may = usePermissions().has('configuration.write');
  const adopt = useAct('configuration.adopt', { on: { hostId }, done: t('configuration.adopted', { host: fqdn }) });
  const putBack = useAct('configuration.putBack', {
    on: { hostId },
    done: t('configuration.askedToPutBack', { host: fqdn }),
  });
  const isPending = adopt.isPending || putBack.isPending;
  const isAsked = drift.every(({ isPutBack }) => isPutBack);
  return (
    <Section title={t('configuration.drift')}>
      <div
        role="status"
        className="flex flex-col gap-3 rounded-4 border-s-4 border-pending-edge bg-pending-tint px-3 py-2 text-13"
      >
        <p>{t(isAsked ? 'configuration.driftPutBack' : 'configuration.driftText')}</p>
        <dl className="flex flex-col gap-2">
          {drift.map(({ key, wanted, local, since }) => (
            <div key={key} className="flex flex-wrap gap-x-3">
              <dt className="mono wrap-anywhere">{key}</dt>
              <dd className="min-w-0">
                <MachineText text={shown(local)} /> {t('configuration.insteadOf')} <MachineText text={shown(wanted)} />
                {' · '}
                <RelativeTime at={since} />
                {key === 'server.addresses' && ` · ${t('configuration.countsFromStart')}`}
              </dd>
            </div>
          ))}
        </dl>
        {may && (
          <div className="flex flex-wrap gap-2">
            <Button isPending={isPending} onPress={() => adopt.submit()}>
              {t('configuration.adopt')}
            </Button>
            {!isAsked && (
              <Button isPending={isPending} onPress={() => putBack.submit()}>
                {t('configuration.putBack')}
              </Button>
            )}
          </div>
        )}
        {!isPending && <ActProblem problem={adopt.problem ?? putBack.problem} />}
      </div>
    </Section>
  );
}

const shown = (value: HostConfiguration['drift'][number]['local']) =>
  Array.isArray(value) ? value.join(' ') : String(value);
