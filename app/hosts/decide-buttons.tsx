import { Link } from '@remix-run/react';
import { useEffect, useRef, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/button';
import { ActProblem } from './act-problem';
import { isWaiting, type HostRow } from './host-types';
import { useHostAct } from './use-host-act';

/**
 * Approve and Reject, for a host that waits; Approve alone for one that was turned away and is looked at on its own page.
 * Once decided, what was decided stands in their place and takes over their focus, which would else fall out of the page.
 */
export function DecideButtons({ host, isList = false }: { host: HostRow; isList?: boolean }) {
  const { t } = useTranslation();
  const approve = useHostAct(host, 'approve');
  const reject = useHostAct(host, 'reject');
  const hadFocus = useRef(false);
  const canApprove = isWaiting(host.state) || (host.state === 'rejected' && !isList);
  if (!canApprove) return isList ? <Decided host={host} hadFocusRef={hadFocus} /> : null;
  return (
    <div
      className="flex flex-col gap-2"
      onFocus={() => (hadFocus.current = true)}
      onBlur={() => (hadFocus.current = false)}
    >
      <div className="flex gap-2">
        <approve.Form method="post" action={approve.action}>
          <Button
            type="submit"
            look="primary"
            isPending={approve.isPending}
            isDisabled={reject.isPending}
            aria-label={t('act.approveHost', { host: host.fqdn })}
          >
            {t('act.approve')}
          </Button>
        </approve.Form>
        {isWaiting(host.state) && (
          <reject.Form method="post" action={reject.action}>
            <Button
              type="submit"
              isPending={reject.isPending}
              isDisabled={approve.isPending}
              aria-label={t('act.rejectHost', { host: host.fqdn })}
            >
              {t('act.reject')}
            </Button>
          </reject.Form>
        )}
      </div>
      {!approve.isPending && !reject.isPending && <ActProblem problem={approve.problem ?? reject.problem} />}
    </div>
  );
}

function Decided({ host, hadFocusRef }: { host: HostRow; hadFocusRef: RefObject<boolean> }) {
  const { t } = useTranslation();
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (hadFocusRef.current) link.current?.focus({ preventScroll: true });
  }, [hadFocusRef]);
  return (
    <Link ref={link} to={`/hosts/${host.id}`} className="link inline-flex h-8 items-center text-13 text-ink-2">
      {t('waiting.settled', { state: t(`state.${host.state}`) })}
    </Link>
  );
}
