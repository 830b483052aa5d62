import { type Config, HelpRequest, loadConfig } from './config';
import { explainFailure } from './process/explain-failure';
import { startLocalAgent } from './process/local-agent';
import { type RunningServer, startServer } from './process/server';

/**
 * A database that does not answer any more must not keep the process: service managers kill it in the end, and say
 * less.
 */
const STOP_PATIENCE_MS = 5000;

/**
 * Starts the server and leaves it to the signals that end it.
 * @param args the server's flags; `--help` names them
 * @returns the exit code while nothing has gone wrong; whatever ends the process later gives its own
 */
export async function serve(args: string[]): Promise<number> {
  // Before anything is started: a service manager may change its mind at once. Nobody is served yet then, and what is
  // written stands a sudden end, so waiting for the rest would only take time.
  let stop: () => unknown = () => process.exit(0);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop());

  const server = await start(configure(args));
  const localAgent = server.services.config.local_agent ? startLocalAgent(server) : null;
  stop = onceStopped(() => Promise.all([localAgent?.stop(), server.stop()]));

  // From a terminal it is the end of the terminal, and of what runs in it.
  if (![process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY))
    process.on('SIGHUP', () => server.reload(() => loadConfig(args)));

  console.log(`SysManage is ready: ${server.webUrl} (agents: ${server.agentUrl})`);
  if (server.setupUrl) console.log(`Set up the first administrator: ${server.setupUrl}`);
  return 0;
}

/** What a signal does to a server that runs: it stops, and the process ends with it. */
function onceStopped(stopAll: () => Promise<unknown>): () => Promise<void> {
  let isStopping = false;
  return async () => {
    // A second Ctrl-C is a person who will not wait.
    if (isStopping) process.exit(1);
    isStopping = true;
    setTimeout(() => {
      console.error('sysmanage: not everything stopped in time');
      process.exit(1);
    }, STOP_PATIENCE_MS).unref();
    try {
      await stopAll();
    } catch (error) {
      fail(error);
    }
    process.exit(0);
  };
}

function configure(args: string[]): Config {
  try {
    return loadConfig(args);
  } catch (error) {
    if (!(error instanceof HelpRequest)) return fail(error);
    console.log(error.message);
    return process.exit(0);
  }
}

async function start(config: Config): Promise<RunningServer> {
  try {
    return await startServer(config);
  } catch (error) {
    return fail(error);
  }
}

function fail(error: unknown): never {
  const { lines, exitCode } = explainFailure(error);
  for (const line of lines) console.error(`sysmanage: ${line}`);
  process.exit(exitCode);
}
