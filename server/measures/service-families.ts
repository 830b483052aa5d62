import { count } from 'drizzle-orm';
import { auditPending } from '../../db/schema';
import type { Services } from '../services';
import type { Family } from './exposition';

type Sources = Pick<
  Services,
  'db' | 'hostCounts' | 'sockets' | 'writer' | 'handshakes' | 'certificateWatch' | 'readiness'
>;

const MS = 1000;

/**
 * What is read from the services when somebody asks: of the whole installation, or of this process where it says so.
 */
export function serviceFamilies(services: Sources): Family[] {
  const { db, hostCounts, sockets, writer, handshakes, certificateWatch, readiness } = services;
  return [
    {
      name: 'sysmanage_ready',
      help: 'Whether this process serves: 1 when /readyz says so.',
      type: 'gauge',
      samples: async () => [{ value: (await readiness()) === null ? 1 : 0 }],
    },
    {
      name: 'sysmanage_hosts',
      help: 'Hosts by state. Approved ones are up, down or never; the others wait or are turned away.',
      type: 'gauge',
      samples: async () =>
        Object.entries(await hostCounts.get()).map(([state, value]) => ({ labels: { state }, value })),
    },
    {
      name: 'sysmanage_agents_connected',
      help: 'Connections of agents that are open to this process.',
      type: 'gauge',
      samples: () => [{ value: sockets.openCount() }],
    },
    {
      name: 'sysmanage_queue_depth',
      help: 'What waits: rows to be written, connections for their turn to begin TLS, audit records for their seal.',
      type: 'gauge',
      async samples() {
        const [pending] = await db.select({ n: count() }).from(auditPending);
        return [
          { labels: { queue: 'writes' }, value: writer.waiting() },
          { labels: { queue: 'handshakes' }, value: handshakes.waiting() },
          { labels: { queue: 'audit_seals' }, value: pending!.n },
        ];
      },
    },
    {
      name: 'sysmanage_certificate_expiry_timestamp_seconds',
      help: 'When a certificate of the server ends, as Unix time; of several CAs the one that signs.',
      type: 'gauge',
      async samples() {
        const { listeners, authorities } = await certificateWatch.own();
        const ends = listeners.map(({ listener, notAfter }) => ({ certificate: listener, notAfter }));
        const signing = authorities.find(({ isSigning }) => isSigning);
        return [...ends, { certificate: 'authority', notAfter: signing?.notAfter }].flatMap(
          ({ certificate, notAfter }) =>
            notAfter ? [{ labels: { certificate }, value: Date.parse(notAfter) / MS }] : [],
        );
      },
    },
    {
      name: 'sysmanage_agent_certificates',
      help: 'Certificates of agents that should have been renewed, and those of them that have ended; at most 1000.',
      type: 'gauge',
      async samples() {
        const { overdue, expired } = await certificateWatch.held();
        return Object.entries({ overdue, expired }).map(([state, value]) => ({ labels: { state }, value }));
      },
    },
  ];
}
