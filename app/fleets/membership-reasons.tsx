import { Link } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { Sentence, SLOT } from '../i18n/sentence';
import { Cell, Column, HeadCell, Row, Table } from '../ui/list/table';
import { RelativeTime } from '../ui/figures/relative-time';
import { Section } from '../ui/section';
import type { Membership } from './fleet-types';

/** Why a host is in a fleet or not: in a sentence, and what each comparison of the rule finds on it. */
export function MembershipReasons({ of, isSettled }: { of: Membership; isSettled: boolean }) {
  const { t } = useTranslation();
  const { host, fleet, decided, rule, holds, how, since, reasons } = of;
  const names = { host: host.fqdn, fleet: fleet.name, by: decided?.by ?? '' };
  const isMember = decided ? decided.kind === 'listed' : holds === true;
  const unsettled = isMember !== (how !== null) || !isSettled;
  return (
    <>
      <div className="flex flex-col gap-1">
        <p role="status" className="font-medium wrap-anywhere">
          {t(`why.${verdictOf(of)}`, names)}
        </p>
        {since && (
          <p className="text-13 text-ink-2">
            <Sentence text={t('why.changed', { time: SLOT })}>
              <RelativeTime at={since} />
            </Sentence>
          </p>
        )}
        {unsettled && <p className="text-13 text-ink-2">{t('why.moving')}</p>}
        <p>
          <Link to={`/hosts/${host.id}`} className="link text-13 wrap-anywhere">
            <bdi>{host.fqdn}</bdi>
          </Link>
        </p>
      </div>
      {rule !== null && (
        <Section title={t('why.comparisons')}>
          <p className="mono pb-2 text-12 wrap-anywhere" dir="ltr">
            {rule}
          </p>
          <Table
            label={t('why.comparisons')}
            head={
              <>
                <Column>{t('why.comparison')}</Column>
                <Column>{t('why.value')}</Column>
                <Column>{t('why.outcome')}</Column>
              </>
            }
          >
            {reasons.map(({ comparison, value, holds, decides }, n) => (
              <Row key={n} isFaded={!decides} className="max-sm:grid max-sm:gap-1 max-sm:py-3">
                <HeadCell>
                  <span className="mono text-12 wrap-anywhere" dir="ltr">
                    {comparison}
                  </span>
                </HeadCell>
                <Cell>
                  {value ? (
                    <bdi className="wrap-anywhere">{value}</bdi>
                  ) : (
                    <span className="text-ink-2">{t('why.unknown')}</span>
                  )}
                </Cell>
                <Cell className={decides ? 'font-semibold' : ''}>
                  {t(holds ? 'why.true' : 'why.false')}
                  {decides && ` · ${t('why.decides')}`}
                </Cell>
              </Row>
            ))}
          </Table>
        </Section>
      )}
    </>
  );
}

function verdictOf({ decided, rule, holds, how }: Membership) {
  if (decided) return decided.kind;
  if (rule === null) return 'unlisted';
  if (!holds) return 'unruled';
  return how === 'claimed' ? 'claimed' : 'ruled';
}
