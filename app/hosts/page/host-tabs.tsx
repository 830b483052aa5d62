import { useLocation } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { Tabs } from '../../ui/tabs';

/**
 * The views of a host, as they are shown. Each is a word, `host.NAME`, and a route of its own,
 * `_app.hosts.$hostId.NAME.tsx`, which loads what it shows; the first has the bare address.
 */
const TABS = ['overview', 'facts', 'certificate', 'configuration', 'events'] as const;

export function HostTabs({ hostId }: { hostId: string }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  return (
    <Tabs
      label={t('host.tabs')}
      tabs={TABS.map((tab) => {
        const to = tab === TABS[0] ? `/hosts/${hostId}` : `/hosts/${hostId}/${tab}`;
        return { to, text: t(`host.${tab}`), isHere: pathname.replace(/\/$/, '') === to };
      })}
    />
  );
}
