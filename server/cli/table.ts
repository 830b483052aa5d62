import { words } from '../../words/words';
import type { Entry } from './command';

/** Every command, by its name. */
export const COMMANDS: Record<string, Entry> = {
  serve: { summary: words('server.serve.summary'), load: async () => (await import('../main')).serve },
  'db status': { summary: words('server.db_status.summary'), load: async () => (await import('./db-status')).dbStatus },
  'db history': {
    summary: words('server.db_history.summary'),
    load: async () => (await import('./db-history')).dbHistory,
  },
  'db migrate': {
    summary: words('server.db_migrate.summary'),
    load: async () => (await import('./db-migrate')).dbMigrate,
  },
  'db rollback': {
    operands: '[N]',
    summary: words('server.db_rollback.summary'),
    load: async () => (await import('./db-rollback')).dbRollback,
  },
  'audit verify': {
    summary: words('server.audit_verify.summary'),
    load: async () => (await import('./audit-verify')).auditVerify,
  },
  'users create': {
    operands: 'EMAIL',
    summary: words('server.users_create.summary'),
    load: async () => (await import('./users-create')).usersCreate,
  },
  'users link': {
    operands: 'EMAIL',
    summary: words('server.users_link.summary'),
    load: async () => (await import('./users-link')).usersLink,
  },
  'users unlock': {
    operands: 'EMAIL',
    summary: words('server.users_unlock.summary'),
    load: async () => (await import('./users-unlock')).usersUnlock,
  },
  'tokens create': {
    operands: 'NAME',
    summary: words('server.tokens_create.summary'),
    load: async () => (await import('./tokens-create')).tokensCreate,
  },
  'tokens list': {
    summary: words('server.tokens_list.summary'),
    load: async () => (await import('./tokens-list')).tokensList,
  },
  'tokens revoke': {
    operands: 'ID',
    summary: words('server.tokens_revoke.summary'),
    load: async () => (await import('./tokens-revoke')).tokensRevoke,
  },
  'config check': {
    summary: words('server.config_check.summary'),
    load: async () => (await import('./config-check')).configCheck,
  },
  'config show': {
    summary: words('server.config_show.summary'),
    load: async () => (await import('./config-show')).configShow,
  },
  backup: {
    operands: 'FILE',
    summary: words('server.backup.summary'),
    load: async () => (await import('./backup')).backup,
  },
  restore: {
    operands: 'FILE',
    summary: words('server.restore.summary'),
    load: async () => (await import('./restore')).restore,
  },
  doctor: { summary: words('server.doctor.summary'), load: async () => (await import('./doctor')).doctor },
  version: { summary: words('server.version.summary'), load: async () => (await import('./version')).version },
};
