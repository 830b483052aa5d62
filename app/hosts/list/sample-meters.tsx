import { useTranslation } from 'react-i18next';
import { Meter } from '../../ui/figures/meter';
import { RelativeTime } from '../../ui/figures/relative-time';
import { useFigures } from '../../ui/figures/use-figures';
import { diskPercent } from '../disk-percent';
import type { Sample } from '../host-types';

const NONE = <span className="text-ink-3">–</span>;

/** In place of a figure that is not the present one. */
export function Stale({ at }: { at: string }) {
  const { t } = useTranslation();
  return (
    <span className="text-12 text-ink-2">
      {t('metric.stale')}
      <span className="sr-only">
        {' '}
        <RelativeTime at={at} />
      </span>
    </span>
  );
}

export function CpuMeter({ sample }: { sample: Sample | null }) {
  const { t } = useTranslation();
  const { percent } = useFigures();
  if (sample?.cpuPercent == null) return NONE;
  return <Meter label={t('metric.cpu')} percent={sample.cpuPercent} figure={percent(sample.cpuPercent)} />;
}

export function MemoryMeter({ sample }: { sample: Sample | null }) {
  const { t } = useTranslation();
  const { percent } = useFigures();
  if (!sample?.memoryTotalBytes) return NONE;
  const used = (100 * sample.memoryUsedBytes) / sample.memoryTotalBytes;
  return <Meter label={t('metric.memory')} percent={used} figure={percent(used)} />;
}

/** Of the disk that is the fullest: it is the one that will be the trouble. */
export function DiskMeter({ sample }: { sample: Sample | null }) {
  const { t } = useTranslation();
  const { percent } = useFigures();
  const [fullest] = (sample?.disks ?? [])
    .filter(({ totalBytes }) => totalBytes > 0)
    .map((disk) => ({ mount: disk.mount, used: diskPercent(disk) }))
    .sort((a, b) => b.used - a.used);
  if (!fullest) return NONE;
  const label = t('metric.fullest', { mount: fullest.mount });
  return (
    <span title={label}>
      <Meter label={label} percent={fullest.used} figure={percent(fullest.used)} />
    </span>
  );
}
