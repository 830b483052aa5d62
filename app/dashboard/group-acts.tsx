import { Link } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { commandForMatching, jobForMatching } from '../jobs/job-link';
import { chartsOfMatching } from '../metrics/across-address';
import { usePermissions } from '../permissions';

export interface HostGroup {
  /** The first of them. */
  hosts: readonly { id: string; fqdn: string }[];
  total: number;
  /** The filters that leave all of them, and no others. */
  which: Readonly<Record<string, string>>;
}

/** What can be done about all hosts of a group; each leads to a page that says how many they are, and asks. */
export function GroupActs({ hosts, total, which, isOfCertificates }: HostGroup & { isOfCertificates?: boolean }) {
  const { t } = useTranslation();
  const may = usePermissions();
  const params = new URLSearchParams(which);
  const [only] = total === 1 ? hosts : [];
  const named = total <= hosts.length ? `/commands/new?hosts=${hosts.map(({ id }) => id).join('+')}` : null;
  const links = [
    { to: only ? `/hosts/${only.id}/metrics` : chartsOfMatching(params), text: t('across.link'), isOffered: true },
    { to: named ?? commandForMatching(params), text: t('commands.run'), isOffered: may.has('commands.run') },
    {
      to: jobForMatching(params, 'rotate'),
      text: t('job.act.rotate'),
      isOffered: isOfCertificates && may.has('certificates.rotate'),
    },
    { to: jobForMatching(params), text: t('jobs.new'), isOffered: may.has('hosts.update') && total > 1 },
  ];
  return (
    <span className="flex flex-wrap gap-x-3 text-13">
      {links.map(
        ({ to, text, isOffered }) =>
          isOffered && (
            <Link key={to} to={to} className="link">
              {text}
            </Link>
          ),
      )}
    </span>
  );
}
