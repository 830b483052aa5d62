import type { findAuthorities, ServedCertificate } from './served/find-served';

/** What a person should know before it is trouble. Instants are ISO 8601. */
export type CertificateWarning =
  | { kind: 'listener'; listener: 'agents' | 'web'; notAfter: string }
  /** The file was replaced, and what is served nears its end: the one act that is missing is to serve the new one. */
  | { kind: 'unloaded'; listener: 'agents' | 'web'; notAfter: string }
  | { kind: 'authority'; pin: string; notAfter: string }
  /** Certificates of agents that should have renewed them; `expired` of them have ended. At most `MOST_COUNTED`. */
  | { kind: 'held'; count: number; expired: number };

/** What `findServed`, `findAuthorities` and `countUrgent` found. */
interface Found {
  listeners: ServedCertificate[];
  authorities: Awaited<ReturnType<typeof findAuthorities>>['authorities'];
  overdue: number;
  expired: number;
}

/** Everything whose end is near or past, the server's own first. Empty is the usual answer. */
export function warningsOf({ listeners, authorities, overdue, expired }: Found): CertificateWarning[] {
  return [
    ...listeners.flatMap(({ listener, notAfter, stage, fileState }): CertificateWarning[] => {
      if (!notAfter || stage === 'good') return [];
      const kind = fileState === 'another' ? 'unloaded' : 'listener';
      return [{ kind, listener, notAfter }];
    }),
    ...authorities
      .filter(({ stage }) => stage !== 'good')
      .map(({ pin, notAfter }): CertificateWarning => ({ kind: 'authority', pin, notAfter })),
    ...(overdue > 0 ? [{ kind: 'held' as const, count: overdue, expired }] : []),
  ];
}
