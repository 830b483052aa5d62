import { sql } from 'drizzle-orm';
import { bigint, index, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
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
    /** Null while it counts, and for what was revoked before reasons were kept. */
    revocationReason: text('revocation_reason', {
      enum: ['key_compromise', 'superseded', 'cessation_of_operation', 'privilege_withdrawn'],
    }),
  },
  (certificate) => [
    index('certificate_host').on(certificate.hostId, certificate.issuedAt),
    // What agents hold, by its end: what ends first, what has ended, what should have been renewed.
    index('certificate_held')
      .on(certificate.notAfter, certificate.serial)
      .where(sql`revoked_at is null`),
    // Whether another of the host lasts longer. Of two indexes that each answer half of it, the database reads one to
    // its end for each certificate, while it takes a table for small that has just become large.
    index('certificate_newest')
      .on(certificate.hostId, certificate.notAfter)
      .where(sql`revoked_at is null`),
    // What a revocation list is made of: a few among every certificate there ever was.
    index('certificate_revoked')
      .on(certificate.notAfter)
      .where(sql`revoked_at is not null`),
  ],
);

/**
 * A certificate that was signed for a host's next key and has not been used yet: at most one a host. With its first use
 * the key becomes the host's and this row goes.
 */
export const renewals = pgTable('renewal', {
  hostId: uuid('host_id')
    .primaryKey()
    .references(() => hosts.id, { onDelete: 'cascade' }),
  serial: text()
    .notNull()
    .references(() => certificates.serial),
  /** PEM, as it was asked for. */
  csr: text().notNull(),
  /** Of the next key, as in `host`. A machine whose answer was lost is found by it. */
  keyFingerprint: text('key_fingerprint').notNull().unique('renewal_key_unique'),
  askedAt: instant('asked_at').notNull().defaultNow(),
});

/** The number of the last revocation list (RFC 5280, 5.2.3), which must grow across restarts and processes. */
export const revocationLists = pgTable('revocation_list', {
  /** The pin of the CA that signs it. */
  authority: text().primaryKey(),
  number: bigint({ mode: 'number' }).notNull(),
});
