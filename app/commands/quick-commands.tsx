import { Link } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { usePermissions } from '../permissions';
import { buttonClass } from '../ui/button';
import type { CommandKind } from './command-types';

/** What people come for most. */
const OFTEN = ['restart_service', 'update_system', 'execute_shell', 'reboot_system'] as const satisfies CommandKind[];

/**
 * The ways to the form that are taken most, on hosts that are chosen already.
 * @param on as the form's address names them: `hosts=…`, `fleet=…`
 */
export function QuickCommands({ on }: { on: string }) {
  const { t } = useTranslation();
  const may = usePermissions();
  if (!may.has('commands.run')) return null;
  const kinds = OFTEN.filter((kind) => kind !== 'execute_shell' || may.has('commands.shell'));
  return (
    <nav aria-label={t('command.quick')} className="flex flex-wrap gap-2">
      <Link to={`/commands/new?${on}`} className={buttonClass('primary')}>
        {t('commands.run')}
      </Link>
      {kinds.map((kind) => (
        <Link key={kind} to={`/commands/new?${on}&kind=${kind}`} className={buttonClass('quiet')}>
          {t(`command.kind.${kind}`)}
        </Link>
      ))}
    </nav>
  );
}
