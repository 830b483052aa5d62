import { useLocation } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { usePermissions } from '../../permissions';
import { Tabs } from '../../ui/tabs';

/**
 * The views of a host, as they are shown. Each is a word, `host.NAME`, and a route of its own,
 * `_app.hosts.$hostId.NAME.tsx`, which loads what it shows; the first has the bare address.
 */
const TABS = ['overview', 'metrics', 'facts', 'commands', 'certificate', 'configuration', 'events'] as const;

export function HostTabs({ hostId }: { hostId: string }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const may = usePermissions();
  const shown = TABS.filter((tab) => tab !== 'commands' || may.has('commands.read'));
  return (
    <Tabs
      label={t('host.tabs')}
      tabs={shown.map((tab) => {
        const to = tab === TABS[0] ? `/hosts/${hostId}` : `/hosts/${hostId}/${tab}`;
        return { to, text: t(`host.${tab}`), isHere: pathname.replace(/\/$/, '') === to };
      })}
    />
  );
}
