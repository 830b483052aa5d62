import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Sentence, SLOT } from '../../i18n/sentence';
import { Button } from '../../ui/button';
import { EmptyState } from '../../ui/empty-state';
import { RelativeTime } from '../../ui/figures/relative-time';
import { Notice } from '../../ui/notice';
import { Section } from '../../ui/section';
import { DiskTable } from './disk-table';
import { HostFacts } from './host-facts';
import type { HostDetail, SamplePoint } from '../host-types';

// Drawing begins when the page works.
const HostCharts = lazy(() => import('./host-charts'));

/** What the machine does now, and what it is. */
export function HostOverview({ host, series }: { host: HostDetail; series: readonly SamplePoint[] }) {
  const { t } = useTranslation();
  const [asTables, setAsTables] = useState(false);
  const { sample } = host;
  const isUp = host.state === 'up';
  return (
    <div className="grid gap-8 md:grid-cols-[minmax(0,1fr)_20rem] lg:grid-cols-[minmax(0,1fr)_24rem] lg:gap-12">
      {sample ? (
        <div className="flex min-w-0 flex-col gap-8">
          <Section
            title={
              isUp && !host.isSampleStale ? (
                t('host.live')
              ) : (
                <Sentence text={t('host.lastKnown', { time: SLOT })}>
                  <RelativeTime at={sample.at} />
                </Sentence>
              )
            }
            end={
              <div className="-me-3">
                <Button look="plain" onPress={() => setAsTables(!asTables)}>
                  {asTables ? t('host.showCharts') : t('host.showTables')}
                </Button>
              </div>
            }
          >
            {isUp && host.isSampleStale && (
              <Notice title={t('host.stale')}>
                <p>{t('host.staleText')}</p>
              </Notice>
            )}
            <Suspense>
              <HostCharts series={series} latest={sample} asTables={asTables} />
            </Suspense>
          </Section>
          {sample.disks.length > 0 && <DiskTable disks={sample.disks} />}
        </div>
      ) : (
        <EmptyState title={t('host.noSamples')} text={isUp ? t('host.noSamplesUp') : t('host.noSamplesDown')} />
      )}
      <HostFacts host={host} />
    </div>
  );
}
