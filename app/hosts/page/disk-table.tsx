import { useTranslation } from 'react-i18next';
import { Meter } from '../../ui/figures/meter';
import { MachineText } from '../../ui/machine-text';
import { Section } from '../../ui/section';
import { useFigures } from '../../ui/figures/use-figures';
import { diskPercent } from '../disk-percent';
import type { Sample } from '../host-types';

export function DiskTable({ disks }: { disks: Sample['disks'] }) {
  const { t } = useTranslation();
  const { bytes, percent } = useFigures();
  return (
    <Section title={t('host.disks')}>
      <ul className="text-13">
        {disks.map((disk) => {
          const { mount, filesystem, totalBytes, usedBytes, isReadOnly } = disk;
          const used = diskPercent(disk);
          return (
            <li key={mount} className="flex flex-wrap items-baseline gap-x-4 border-b border-line py-1.5 last:border-0">
              <span className="mono min-w-32 grow text-12">
                <MachineText text={mount} />
              </span>
              <span className="text-12 text-ink-3">
                <MachineText text={filesystem} />
              </span>
              {isReadOnly && <span className="text-12 font-medium text-pending">{t('host.readOnly')}</span>}
              <span className="text-ink-2" suppressHydrationWarning>
                {t('metric.usedOf', { used: bytes(usedBytes), total: bytes(totalBytes) })}
              </span>
              <Meter label={mount} percent={used} figure={percent(used)} />
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
