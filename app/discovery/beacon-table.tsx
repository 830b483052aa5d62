import { useTranslation } from 'react-i18next';
import { RelativeTime } from '../ui/figures/relative-time';
import { useFigures } from '../ui/figures/use-figures';
import { Cell, Column, HeadCell, Row, Table } from '../ui/list/table';
import { MachineText } from '../ui/machine-text';
import { StateSign } from '../ui/state-sign';
import type { Discovery } from './discovery-types';

type Beacon = Discovery['beacons'][number];

const SIGNS = { listening: 'up', waiting: 'pending', off: 'never' } as const;

/** What is counted, in the order in which it is shown: what went well first. */
const COUNTS = [
  'answered',
  'announced',
  'limited',
  'stale',
  'repeated',
  'malformed',
  'small',
  'floods',
  'unsent',
] as const;

/** How the beacon of each process is. */
export function BeaconTable({ beacons }: { beacons: Beacon[] }) {
  const { t } = useTranslation();
  return (
    <Table
      label={t('discovery.beacons.title')}
      head={
        <>
          <Column>{t('discovery.beacons.machine')}</Column>
          <Column>{t('discovery.beacons.state')}</Column>
          <Column>{t('discovery.beacons.counts')}</Column>
          <Column>{t('discovery.beacons.since')}</Column>
        </>
      }
    >
      {beacons.map((beacon) => (
        <Row
          key={beacon.id}
          className="max-sm:grid max-sm:grid-cols-[1fr_auto] max-sm:gap-x-4 max-sm:gap-y-1 max-sm:py-3"
        >
          <HeadCell>
            <bdi className="font-semibold wrap-anywhere">{beacon.machine}</bdi>
            {beacon.places.map((place) => (
              <span key={place} className="mono block text-12 text-ink-2 wrap-anywhere">
                {place}
              </span>
            ))}
          </HeadCell>
          <Cell className="max-sm:justify-self-end">
            <StateSign state={SIGNS[beacon.state]} word={t(`discovery.beacons.${beacon.state}`)} />
            {beacon.fault && (
              <span className="block text-12 text-ink-2">
                <MachineText text={beacon.fault} />
              </span>
            )}
          </Cell>
          <Cell className="max-sm:col-span-2">
            <Counts counts={beacon.counts} />
          </Cell>
          <Cell className="text-ink-2 max-sm:col-span-2">
            <RelativeTime at={beacon.startedAt} />
          </Cell>
        </Row>
      ))}
    </Table>
  );
}

function Counts({ counts }: Pick<Beacon, 'counts'>) {
  const { t } = useTranslation();
  const { number } = useFigures();
  const shown = COUNTS.filter((name) => counts[name]);
  if (shown.length === 0) return <span className="text-ink-2">{t('discovery.beacons.noCounts')}</span>;
  return (
    <ul>
      {shown.map((name) => (
        <li key={name}>{t(`discovery.count.${name}`, { count: counts[name]!, number: number(counts[name]!) })}</li>
      ))}
    </ul>
  );
}
