import { index, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { hosts } from './hosts';

const instant = (name: string) => timestamp(name, { withTimezone: true });

/** Every client certificate we ever signed. Outlives its host: a revocation list must still name it. */
export const certificates = pgTable(
  'certificate',
  {
    /** Hex, upper case, as OpenSSL prints it. */
    serial: text().primaryKey(),
    hostId: uuid('host_id').references(() => hosts.id, { onDelete: 'set null' }),
    /** SHA-256 of the subject's DER SubjectPublicKeyInfo, hex. */
    keyFingerprint: text('key_fingerprint').notNull(),
    /** SHA-256 of the DER certificate, hex. */
    fingerprint: text().notNull(),
    pem: text().notNull(),
    issuedAt: instant('issued_at').notNull().defaultNow(),
    notBefore: instant('not_before').notNull(),
    notAfter: instant('not_after').notNull(),
    revokedAt: instant('revoked_at'),
  },
  (certificate) => [index('certificate_host').on(certificate.hostId, certificate.issuedAt)],
);
