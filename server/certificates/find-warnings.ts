import type { Services } from '../services';
import { countUrgent } from './find-held';
import { findAuthorities, findServed } from './find-served';

type Sources = Pick<Services, 'db' | 'authority' | 'config' | 'listeners' | 'log'>;

/** What a person should know before it is trouble. Instants are ISO 8601. */
export type CertificateWarning =
  | { kind: 'listener'; listener: 'agents' | 'web'; notAfter: string }
  /** The file was replaced, and what is served nears its end: the one act that is missing is to serve the new one. */
  | { kind: 'unloaded'; listener: 'agents' | 'web'; notAfter: string }
  | { kind: 'authority'; pin: string; notAfter: string }
  /** Certificates of agents that should have renewed them; `expired` of them have ended. At most `MOST_COUNTED`. */
  | { kind: 'held'; count: number; expired: number };

/** Everything whose end is near or past, the server's own first. Empty is the usual answer. */
export async function findWarnings(sources: Sources, now = new Date()): Promise<CertificateWarning[]> {
  const { db } = sources;
  const [served, { authorities }, [overdue], [expired]] = await Promise.all([
    findServed(sources, now),
    findAuthorities(sources, now),
    countUrgent(db, 'overdue', now),
    countUrgent(db, 'expired', now),
  ]);
  return [
    ...served.flatMap(({ listener, notAfter, stage, fileState }): CertificateWarning[] => {
      if (!notAfter || stage === 'good') return [];
      const kind = fileState === 'another' ? 'unloaded' : 'listener';
      return [{ kind, listener, notAfter }];
    }),
    ...authorities
      .filter(({ stage }) => stage !== 'good')
      .map(({ pin, notAfter }): CertificateWarning => ({ kind: 'authority', pin, notAfter })),
    ...(overdue!.n > 0 ? [{ kind: 'held' as const, count: overdue!.n, expired: expired!.n }] : []),
  ];
}
