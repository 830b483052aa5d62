import { Link } from '@remix-run/react';
import type { TFunction } from 'i18next';
import { useEffect, useRef, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { ActProblem } from '../forms/act-problem';
import { usePermissions } from '../permissions';
import { Button, buttonClass } from '../ui/button';
import { isWaiting, type HostRow, type HostState } from './host-types';
import { useHostAct } from './use-host-act';

interface Props {
  host: HostRow;
  /** In the list of those that wait, where what was decided stays in sight. */
  isList?: boolean;
  /** No longer among them, whatever its row says: somebody decided while the page was away. */
  hasLeft?: boolean;
  /** Called when a button is pressed: by the time of the answer, the live stream may have taken the row away. */
  onDecide?: () => void;
}

/**
 * Approve and Reject, for a host that waits; Approve alone for one that was turned away and is looked at on its own
 * page. One in conflict is decided on where the other stands beside it. Once decided, what was decided stands in their
 * place and takes over their focus, which would else fall out of the page.
 */
export function DecideButtons({ host, isList = false, hasLeft = false, onDecide }: Props) {
  const { t } = useTranslation();
  const approve = useHostAct(host, 'approve');
  const reject = useHostAct(host, 'reject');
  const hadFocus = useRef(false);
  const may = usePermissions();
  const canApprove = isWaiting(host.state) || (host.state === 'rejected' && !isList);
  if (host.state === 'conflict' && isList && !hasLeft) {
    return (
      <Link
        to={`/hosts/${host.id}`}
        className={buttonClass('quiet')}
        aria-label={t('act.compareHost', { host: host.fqdn })}
      >
        {t('act.compare')}
      </Link>
    );
  }
  if (!canApprove || hasLeft) return isList ? <Decided host={host} hadFocusRef={hadFocus} /> : null;
  if (!may.has('hosts.approve')) return null;
  return (
    <div
      className="flex flex-col gap-2"
      onFocus={() => (hadFocus.current = true)}
      onBlur={() => (hadFocus.current = false)}
    >
      <div className="flex gap-2">
        <approve.Form {...approve.form} onSubmit={(event) => approve.form.onSubmit(event) && onDecide?.()}>
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
          <reject.Form {...reject.form} onSubmit={(event) => reject.form.onSubmit(event) && onDecide?.()}>
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
    <Link
      ref={link}
      to={`/hosts/${host.id}`}
      className="link inline-flex h-8 items-center text-13 text-ink-2"
      aria-label={t('waiting.decidedHost', { decision: decision(t, host.state), host: host.fqdn })}
    >
      {decision(t, host.state)}
    </Link>
  );
}

/** What was decided, as far as the state tells: a host that is up, down or was never seen was let in. */
function decision(t: TFunction, state: HostState): string {
  if (state === 'rejected' || state === 'revoked') return t(`state.${state}`);
  return isWaiting(state) ? t('waiting.elsewhere') : t('waiting.approved');
}
