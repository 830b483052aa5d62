/** The settings of the server: their keys, what each may be, and what it is when nobody sets it. */
import { z } from 'zod';
import { defaultConfig } from '../agent/discovery/default-config';
import { PORTS } from '../agent/discovery/message';
import { mistake } from '../words/explain-issue';
import { words, type Words } from '../words/words';
import { newPassword } from './auth/password-rule';
import { isAddressBlock } from './http/client-address';

const port = z.number().int().min(0).max(65_535);
const seconds = (min: number, max: number) => z.number().min(min).max(max);
const perMinute = z.number().int().min(1).max(10_000_000);
const path = z.string().min(1).max(4096);

/** Of a key whose value nobody is shown. */
const SECRET = { secret: true };

/**
 * Every key there is. A key's dots become underscores in its environment variable: `log.level` is SYSMANAGE_LOG_LEVEL.
 */
export const schema = z.strictObject({
  data_dir: path.default('./data'),
  database_url: z
    .string()
    .regex(/^postgres(ql)?:\/\//, mistake('server.config.postgres_address'))
    .optional(),
  database: z
    .strictObject({
      /** To PostgreSQL, at most; one more than is ever held while another is asked for. */
      connections: z.number().int().min(2).max(1000).default(20),
      /** How long a query waits for one of them. */
      wait_seconds: seconds(0.1, 60).default(5),
      /** How long one query of a person's question may take: of a page of a list, a count, a preview, a chart. */
      read_seconds: seconds(1, 600).default(15),
    })
    .prefault({}),
  secret_key: z.string().min(32).max(1024).meta(SECRET).optional(),
  /** Absent: every address of the machine. */
  api_host: z.string().min(1).max(253).optional(),
  api_port: port.default(6443),
  /** Origins whose pages may use the REST API from a browser: `https://example.com`. */
  api_origins: z
    .array(z.string().max(300).refine(isOrigin, mistake('server.config.origins')))
    .max(100)
    .default([]),
  frontend_host: z.string().min(1).max(253).optional(),
  /** Absent: 7443 with a certificate, else 3000. */
  frontend_port: port.optional(),
  /**
   * Proxies in front of the pages: addresses or CIDR blocks. Only what these say of whom they speak for is believed.
   */
  trusted_proxies: z
    .array(z.string().max(50).refine(isAddressBlock, mistake('server.config.blocks')))
    .max(100)
    .default([]),
  sign_in: z
    .strictObject({
      /** So many wrong passwords lock an account. */
      max_failures: z.number().int().min(1).max(1000).default(5),
      lock_minutes: z.number().min(0.1).max(10_000).default(15),
      /** So many failures from one address, whatever the account, make it wait for a minute. */
      max_failures_per_address: z.number().int().min(1).max(100_000).default(30),
    })
    .prefault({}),
  local_agent: z.boolean().default(true),
  admin: z
    .strictObject({ email: z.email().max(254).optional(), password: newPassword.meta(SECRET).optional() })
    .prefault({}),
  tls: z.strictObject({ cert: path.optional(), key: path.optional() }).prefault({}),
  certificates: z
    .strictObject({
      path: path.optional(),
      /** Names and addresses agents use to reach this server, besides the machine's own. */
      names: z.array(z.string().min(1).max(253)).max(100).default([]),
      client_days: z.number().int().min(1).max(3650).default(90),
      /** How long after its end a certificate is still replaced by proof of its key, for a machine that was off. */
      lapse_days: z.number().int().min(0).max(3650).default(90),
      /**
       * The CA's key is encrypted with its first line. Absent: with `secret_key`, and plain when that is absent too.
       */
      passphrase_file: path.optional(),
    })
    .prefault({}),
  enrolment: z
    .strictObject({
      /** Machines without an enrolment token that wait for a decision. */
      max_pending: z.number().int().min(1).max(1_000_000).default(1000),
      /** Of those, from one network: see `siteOf`. */
      max_pending_per_network: z.number().int().min(1).max(1_000_000).default(250),
      /** Those that came with one. */
      max_pending_with_token: z.number().int().min(1).max(1_000_000).default(10_000),
      /** A registration nobody decided on for so long is forgotten. */
      pending_hours: z.number().min(1).max(10_000).default(72),
      // What follows is a minute. An address is one of IPv4, or the /64 that one of IPv6 is in.
      /** New machines without a token, from one address and in all. */
      registrations_per_address: perMinute.default(120),
      registrations: perMinute.default(600),
      /** Calls of machines with one token that counts. */
      registrations_per_token: perMinute.default(6000),
      /** Unknown tokens from one address. */
      wrong_tokens_per_address: perMinute.default(20),
      /** TLS connections that did not turn out to be an approved host's, from one address and in all. */
      handshakes_per_address: perMinute.default(1200),
      handshakes: perMinute.default(12_000),
      /** Open TLS connections of which nobody is known yet, from one address and in all. */
      connections_per_address: z.number().int().min(1).max(1_000_000).default(300),
      connections: z.number().int().min(1).max(1_000_000).default(2000),
    })
    .prefault({}),
  /** Tells agents in this machine's networks where the server is. */
  discovery: z
    .strictObject({
      enabled: z.boolean().default(true),
      /** `loopback`, `all`, or names. */
      interfaces: z.array(z.string().min(1).max(64)).min(1).max(64).default(['loopback']),
      /** UDP: where requests are answered, and where announcements go. */
      port: port.min(1).default(PORTS.beacon),
      announcement_port: port.min(1).default(PORTS.announcements),
      announce_seconds: seconds(1, 86_400).default(60),
      /** Suggested to agents that find this server, for what nobody has set on their machine. */
      default_config: defaultConfig.default({}),
    })
    .prefault({}),
  heartbeat: z
    .strictObject({
      interval_seconds: seconds(1, 3600).default(30),
      /** A socket silent for one and a half times this is dead. */
      ping_seconds: seconds(0.1, 300).default(20),
      /** After a start nothing is marked down for so long. */
      grace_seconds: seconds(0, 3600).default(60),
    })
    .prefault({}),
  commands: z
    .strictObject({
      /** Bytes that are kept of what a command writes on one host: the first half of it and the last. */
      output_bytes: z
        .number()
        .int()
        .min(1024)
        .max(1024 * 1024 * 1024)
        .default(1024 * 1024),
      /** Commands and what they wrote are deleted so long after they were sent; all are over by then. */
      keep_days: z.number().int().min(40).max(36_500).default(90),
    })
    .prefault({}),
  /** What happened to hosts, and what changed of what they are made of. */
  history: z
    .strictObject({
      keep_days: z.number().int().min(1).max(36_500).default(400),
      /** Of either and one host, at most: the oldest go first. */
      keep_rows: z.number().int().min(100).max(100_000).default(10_000),
    })
    .prefault({}),
  /** What watches this server: health, readiness, figures. */
  ops: z
    .strictObject({
      /** Of a port of its own. */
      host: z.string().min(1).max(253).default('127.0.0.1'),
      /** Absent: the pages' listener answers. */
      port: port.optional(),
      /** Who shows it sees the figures from elsewhere than this machine. */
      token: z
        .string()
        .min(20)
        .max(1024)
        // What a bearer token may be made of (RFC 6750, 2.1).
        .regex(/^[\w.~+/-]+=*$/, mistake('server.config.token_letters'))
        .meta(SECRET)
        .optional(),
    })
    .prefault({}),
  /** How long measurements are kept, at each resolution. Each at least until the next one is made of it. */
  metrics: z
    .strictObject({
      raw_hours: z
        .number()
        .min(3)
        .max(24 * 90)
        .default(24),
      minute_days: z.number().min(2).max(366).default(7),
      ten_minute_days: z.number().min(2).max(3660).default(30),
      hour_days: z.number().min(2).max(3660).default(400),
    })
    .prefault({}),
  log: z
    .strictObject({
      level: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
      format: z.enum(['json', 'pretty']).optional(),
      /** Absent: standard output. */
      file: path.optional(),
      /** Beyond so many megabytes the file makes room for a new one, and so many former ones are kept. */
      max_mb: z.number().int().min(1).max(100_000).default(50),
      keep: z.number().int().min(0).max(1000).default(5),
    })
    .prefault({}),
});

/** A scheme, a host and perhaps a port, written as browsers write it. */
function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}

export type Settings = z.infer<typeof schema>;

const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

/** Rules between keys. */
export function contradictions(settings: Settings): Words[] {
  const found: Words[] = [];
  if (Boolean(settings.tls.cert) !== Boolean(settings.tls.key)) {
    found.push(words('server.config.tls_pair'));
  }
  if (!settings.tls.cert && settings.frontend_host && !LOOPBACK.includes(settings.frontend_host)) {
    found.push(words('server.config.loopback'));
  }
  if (settings.log.file && settings.log.format === 'pretty') {
    found.push(words('server.config.log_format'));
  }
  if (Boolean(settings.admin.email) !== Boolean(settings.admin.password)) {
    found.push(words('server.config.admin_pair'));
  }
  return found;
}
