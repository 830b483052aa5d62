import { useFetcher } from '@remix-run/react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnnounce } from '../ui/announcer';
import type { ActResult } from './act.server';

export type HostAct = 'approve' | 'reject' | 'revoke' | 'delete' | 'rotate' | 'keep' | 'replace' | 'split' | 'dismiss-clone';

/** One act on one host: its form, whether it is under way, what went wrong. Says so when it is done. */
export function useHostAct(host: { id: string; fqdn: string }, act: HostAct, onDone?: () => void) {
  const { t } = useTranslation();
  const announce = useAnnounce();
  const fetcher = useFetcher<ActResult>();
  const { data } = fetcher;
  const latest = useRef({ announce, t, onDone });
  useEffect(() => {
    latest.current = { announce, t, onDone };
  });
  useEffect(() => {
    if (!data || data.problem) return;
    latest.current.announce(latest.current.t(`done.${act}`, { host: host.fqdn }));
    latest.current.onDone?.();
  }, [data, act, host.fqdn]);

  const action = `/hosts/${host.id}/${act}`;
  return {
    Form: fetcher.Form,
    action,
    submit: (fields: Record<string, string> | null = null) => fetcher.submit(fields, { method: 'post', action }),
    isPending: fetcher.state !== 'idle',
    problem: data?.problem ?? null,
  };
}
