import type { Entry } from './command';

/** Every command, by its name. */
export const COMMANDS: Record<string, Entry> = {
  serve: { summary: 'the server', load: async () => (await import('../main')).serve },
  'db status': {
    summary: 'whether the database is at the last migration',
    load: async () => (await import('./db-status')).dbStatus,
  },
  'db history': {
    summary: 'each migration of the schema, and whether it is applied',
    load: async () => (await import('./db-history')).dbHistory,
  },
  'db migrate': {
    summary: 'apply every migration that is missing',
    load: async () => (await import('./db-migrate')).dbMigrate,
  },
  'db rollback': {
    operands: '[N]',
    summary: 'take back the last N migrations (1), or with --to ID all that came after it',
    load: async () => (await import('./db-rollback')).dbRollback,
  },
  'audit verify': {
    summary: 'walk the audit log and name the first record that was changed',
    load: async () => (await import('./audit-verify')).auditVerify,
  },
  'users create': {
    operands: 'EMAIL',
    summary: 'make an account, an administrator’s unless --role says otherwise, and its one-time link',
    load: async () => (await import('./users-create')).usersCreate,
  },
  'users link': {
    operands: 'EMAIL',
    summary: 'a one-time link to choose a new password with, for who has forgotten theirs',
    load: async () => (await import('./users-link')).usersLink,
  },
  'users unlock': {
    operands: 'EMAIL',
    summary: 'end the lock of an account',
    load: async () => (await import('./users-unlock')).usersUnlock,
  },
  'tokens create': {
    operands: 'NAME',
    summary: 'make an enrolment token for machines to join with',
    load: async () => (await import('./tokens-create')).tokensCreate,
  },
  'tokens list': {
    summary: 'enrolment tokens, and what each is worth',
    load: async () => (await import('./tokens-list')).tokensList,
  },
  'tokens revoke': {
    operands: 'ID',
    summary: 'end an enrolment token: nobody joins with it any more',
    load: async () => (await import('./tokens-revoke')).tokensRevoke,
  },
  'config check': {
    summary: 'whether a server would start with the configuration',
    load: async () => (await import('./config-check')).configCheck,
  },
  'config show': {
    summary: 'the configuration in force, secrets masked',
    load: async () => (await import('./config-show')).configShow,
  },
  backup: {
    operands: 'FILE',
    summary: 'make one encrypted file of the database, the CA, the secret and the settings',
    load: async () => (await import('./backup')).backup,
  },
  restore: {
    operands: 'FILE',
    summary: 'put a backup where no server has been',
    load: async () => (await import('./restore')).restore,
  },
  doctor: {
    summary: 'look for what keeps a server from working, and say how to mend it',
    load: async () => (await import('./doctor')).doctor,
  },
  version: { summary: 'which SysManage this is', load: async () => (await import('./version')).version },
};
