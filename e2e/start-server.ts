import { startProgram, type Program } from './start-process';

export interface Server extends Program {
  dataDir: string;
  /** Of the pages, without a slash at the end. */
  url: string;
  /** Of the agents' listener. */
  agentsUrl: string;
  /** The link that is printed while there is no administrator. */
  setupUrl(): Promise<string>;
}

export const ADMIN = { email: 'admin@example.com', password: 'correct horse battery staple' };

export const ADMIN_ENVIRONMENT = { SYSMANAGE_ADMIN_EMAIL: ADMIN.email, SYSMANAGE_ADMIN_PASSWORD: ADMIN.password };

/** For whoever measures from one address what strangers from one address may not ask for. */
export const UNLIMITED_HANDSHAKES = {
  SYSMANAGE_ENROLMENT_HANDSHAKES_PER_ADDRESS: '10000000',
  SYSMANAGE_ENROLMENT_HANDSHAKES: '10000000',
  SYSMANAGE_ENROLMENT_CONNECTIONS_PER_ADDRESS: '1000000',
  SYSMANAGE_ENROLMENT_CONNECTIONS: '1000000',
};

/** The built server on ports of its own; resolves when it is ready. */
export async function startServer({
  dataDir,
  localAgent = false,
  env = {},
}: {
  dataDir: string;
  localAgent?: boolean;
  env?: Record<string, string>;
}): Promise<Server> {
  const program = startProgram('server/sysmanage.js', localAgent ? ['serve'] : ['serve', '--no-local-agent'], {
    SYSMANAGE_DATA_DIR: dataDir,
    SYSMANAGE_API_HOST: '127.0.0.1',
    SYSMANAGE_API_PORT: '0',
    SYSMANAGE_FRONTEND_PORT: '0',
    // Moving figures and a fallen connection must be seen within a test's patience.
    SYSMANAGE_HEARTBEAT_INTERVAL_SECONDS: '1',
    SYSMANAGE_HEARTBEAT_GRACE_SECONDS: '5',
    ...env,
  });
  const [, url = '', agentsUrl = ''] = await program.printed(/^SysManage is ready: (\S+) \(agents: (\S+)\)$/m);
  const setupUrl = async () => (await program.printed(/^Set up the first administrator: (\S+)$/m))[1] ?? '';
  return { ...program, dataDir, url, agentsUrl, setupUrl };
}
