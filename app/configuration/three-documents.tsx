import { useTranslation } from 'react-i18next';
import { Cell, Column, HeadCell, Row, Table } from '../ui/list/table';
import { MachineText } from '../ui/machine-text';
import { Section } from '../ui/section';
import type { HostConfiguration } from './configuration-types';
import { nameOfFleet } from './name-of-fleet';

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
    { name: 'wanted', values: leavesOf(wanted.document) },
    { name: 'offered', values: leavesOf(offered?.document ?? {}) },
    { name: 'inForce', values: leavesOf(inForce?.document ?? {}) },
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
          {keys.map((key) => (
            <Row key={key} className="max-sm:grid max-sm:grid-cols-2 max-sm:gap-x-3 max-sm:py-2">
              <HeadCell className="mono wrap-anywhere max-sm:col-span-2">{key}</HeadCell>
              {columns.map(({ name, values }) => (
                <Cell
                  key={name}
                  className={`wrap-anywhere ${values.get(key) === columns[0].values.get(key) ? '' : 'font-semibold'}`}
                >
                  <span className="block text-12 font-normal text-ink-3 sm:hidden" aria-hidden="true">
                    {t(`configuration.${name}`)}
                  </span>
                  {values.has(key) ? <MachineText text={values.get(key)!} /> : '–'}
                </Cell>
              ))}
              <Cell className="text-ink-2">{sourceOf(key)}</Cell>
            </Row>
          ))}
        </Table>
      )}
    </Section>
  );
}

function leavesOf(document: Record<string, unknown>): Map<string, string> {
  return new Map(
    Object.entries(document).flatMap(([section, keys]) =>
      Object.entries((keys ?? {}) as Record<string, unknown>).map(
        ([key, value]) =>
          [
            `${section}.${key}`,
            Array.isArray(value) ? value.join(' ') : typeof value === 'string' ? value : JSON.stringify(value),
          ] as const,
      ),
    ),
  );
}
