import { useTranslation } from 'react-i18next';
import { CopyableId } from '../ui/copyable-id';
import { Facts } from '../ui/facts';
import { Instant, RelativeTime } from '../ui/figures/relative-time';
import { Section } from '../ui/section';
import { useFigures } from '../ui/figures/use-figures';
import type { Served } from './certificate-types';

interface Props {
  list: Served['revocationList'];
  /** Of the agents' listener, which serves it. */
  address: string;
}

export function RevocationList({ list, address }: Props) {
  const { t } = useTranslation();
  const { number } = useFigures();
  return (
    <Section title={t('certificates.list.title')}>
      <Facts
        facts={[
          [t('certificates.list.number'), list.number],
          [t('certificates.list.entries'), number(list.entries)],
          [t('certificates.list.made'), <RelativeTime key="made" at={list.thisUpdate} />],
          [t('certificates.list.next'), <Instant key="next" at={list.nextUpdate} />],
          ...(['/crl.pem', '/crl.der'] as const).map((path): [string, React.ReactNode] => [
            path.slice(5).toUpperCase(),
            <CopyableId key={path} value={address + path} label={t('certificates.list.address')} />,
          ]),
        ]}
      />
      <p className="max-w-prose pt-2 text-12 text-ink-2">{t('certificates.list.text')}</p>
    </Section>
  );
}
