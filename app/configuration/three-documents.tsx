import { useTranslation } from 'react-i18next';
import { CopyableId } from '../ui/copyable-id';
import { RelativeTime } from '../ui/figures/relative-time';
import { Cell, Column, HeadCell, Row, Table } from '../ui/list/table';
import { MachineText } from '../ui/machine-text';
import { Section } from '../ui/section';
import type { HostConfiguration } from './configuration-types';
import { nameOfFleet } from './name-of-fleet';
import { isSecretAlone, leavesOf } from './shown-leaves';

/** Wanted, fetched and in force beside each other, a key a line, with where each value is from. */
export function ThreeDocuments({
  configuration,
  fleets,
}: {
  configuration: HostConfiguration;
  /** Of the host. */
  fleets: readonly { id: string; name: string }[];
}) {
  const { t } = useTranslation();
  const { wanted, offered, inForce, sources, locked, drift } = configuration;
  const columns = [
    { name: 'wanted', values: leavesOf(wanted.document), hash: wanted.hash, at: null },
    { name: 'offered', values: leavesOf(offered?.document ?? {}), hash: offered?.hash, at: offered?.at },
    { name: 'inForce', values: leavesOf(inForce?.document ?? {}), hash: inForce?.hash, at: inForce?.reportedAt },
  ] as const;
  const keys = [...new Set([...columns.flatMap(({ values }) => [...values.keys()]), ...locked])].sort();
  const sourceOf = (key: string) => {
    const isAsWanted = columns[2].values.get(key) === columns[0].values.get(key);
    // An edit that counts from the next start only is not where its value is from.
    const isSetThere = !isAsWanted && drift.some((one) => one.key === key);
    if (locked.includes(key) || isSetThere) return t('configuration.source.machine');
    const source = sources[key];
    if (source === undefined) return t('configuration.source.none');
    if (!source.startsWith('fleet/'))
      return t(source === 'global' ? 'configuration.source.global' : 'configuration.source.host');
    return t('configuration.source.fleet', { fleet: nameOfFleet(source, fleets) ?? t('configuration.anotherFleet') });
  };
  return (
    <Section title={t('configuration.documents')}>
      {keys.length === 0 ? (
        <p className="text-13 text-ink-2">{t('configuration.nothingSet')}</p>
      ) : (
        <Table
          label={t('configuration.documents')}
          head={
            <>
              <Column>{t('configuration.key')}</Column>
              {columns.map(({ name }) => (
                <Column key={name}>{t(`configuration.${name}`)}</Column>
              ))}
              <Column>{t('configuration.from')}</Column>
            </>
          }
        >
          <Row className={ROW}>
            <HeadCell className="text-ink-2 max-sm:col-span-2">{t('configuration.hash')}</HeadCell>
            {columns.map(({ name, hash, at }) => (
              <Cell key={name}>
                <NameOnPhones name={name} />
                {hash ? <CopyableId value={hash} shown={12} label={t(`configuration.hashOf.${name}`)} /> : '–'}
                {at && (
                  <span className="block text-12 text-ink-2">
                    <RelativeTime at={at} />
                  </span>
                )}
              </Cell>
            ))}
            <Cell>{null}</Cell>
          </Row>
          {keys.map((key) => (
            <Row key={key} className={ROW}>
              <HeadCell className="mono wrap-anywhere max-sm:col-span-2">{key}</HeadCell>
              {columns.map(({ name, values }) => (
                <Cell
                  key={name}
                  className={`wrap-anywhere ${values.get(key) === columns[0].values.get(key) ? '' : 'font-semibold'}`}
                >
                  <NameOnPhones name={name} />
                  {values.has(key) ? <MachineText text={values.get(key)!} /> : '–'}
                </Cell>
              ))}
              <Cell className="text-ink-2">{sourceOf(key)}</Cell>
            </Row>
          ))}
        </Table>
      )}
      {isSecretAlone(configuration) && (
        <p role="status" className="pt-2 text-13 text-pending">
          {t('configuration.secretDiffers')}
        </p>
      )}
    </Section>
  );
}

const ROW = 'max-sm:grid max-sm:grid-cols-2 max-sm:gap-x-3 max-sm:py-2';

/** The column's name, where there is no column. Screen readers know it from the table. */
function NameOnPhones({ name }: { name: 'wanted' | 'offered' | 'inForce' }) {
  const { t } = useTranslation();
  return (
    <span className="block text-12 font-normal text-ink-3 sm:hidden" aria-hidden="true">
      {t(`configuration.${name}`)}
    </span>
  );
}
