import { Link } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { usePermissions } from '../permissions';
import { CopyableId } from '../ui/copyable-id';
import { EmptyState } from '../ui/empty-state';

/** An installation without a machine: how to add the first one. The page goes on by itself when it has registered. */
export function FirstAgent({ address }: { address: string }) {
  const { t } = useTranslation();
  const may = usePermissions();
  const file = 'build/agent/sysmanage-agent.cjs';
  const command = `node sysmanage-agent.cjs --server ${address}`;
  return (
    <EmptyState title={t('firstAgent.title')} text={t('firstAgent.text')} level={1}>
      <ol className="flex list-decimal flex-col gap-4 ps-5 pt-2 marker:text-ink-3">
        <li>
          <p>{t('firstAgent.copy')}</p>
          <p className="rounded-4 bg-sunken px-3 py-2 mt-1.5">
            <CopyableId value={file} label={t('firstAgent.file')} />
          </p>
        </li>
        <li>
          <p>
            {t('firstAgent.run')} <span className="text-ink-2">{t('firstAgent.need')}</span>
          </p>
          <p className="rounded-4 bg-sunken px-3 py-2 mt-1.5">
            <CopyableId value={command} label={t('firstAgent.command')} />
          </p>
        </li>
        <li>{t('firstAgent.approve')}</li>
      </ol>
      {may.has('enrolment.manage') && (
        <p className="pt-2">
          {t('firstAgent.token')}{' '}
          <Link to="/enrolment" className="link">
            {t('firstAgent.makeToken')}
          </Link>
        </p>
      )}
      <p className="pt-2 text-13 text-ink-2">{t('firstAgent.listening')}</p>
    </EmptyState>
  );
}
