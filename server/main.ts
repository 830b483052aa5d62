import { type Config, HelpRequest, loadConfig } from './config';
import { explainFailure } from './process/explain-failure';
import { startLocalAgent } from './process/local-agent';
import { startServer } from './process/server';
import type { Say } from '../words/say';
import { words } from '../words/words';
import { type Entry, helpOf } from './cli/command';

/**
 * A database that does not answer any more must not keep the process: service managers kill it in the end, and say
 * less.
 */
const STOP_PATIENCE_MS = 5000;

/**
 * Starts the server and leaves it to the signals that end it.
 * @param args the server's flags; `--help` names them
 * @param say the language of whoever started it
 * @returns the exit code while nothing has gone wrong; whatever ends the process later gives its own
 */
export async function serve(args: string[], entry: { name: string } & Entry, say: Say): Promise<number> {
  // Before anything is started: a service manager may change its mind at once. Nobody is served yet then, and what is
  // written stands a sudden end, so waiting for the rest would only take time.
  let stop: () => unknown = () => process.exit(0);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop());

  const fail = failIn(say);
  const help = () => helpOf(entry, { about: words('server.serve.variables') }, FLAGS, say);
  const config = configure(args, help, fail);
  const server = await startServer(config).catch(fail);
  const localAgent = server.services.config.local_agent ? startLocalAgent(server) : null;
  stop = onceStopped(() => Promise.all([localAgent?.stop(), server.stop()]), { say, fail });

  // From a terminal it is the end of the terminal, and of what runs in it.
  if (![process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY))
    process.on('SIGHUP', () => server.reload(() => loadConfig(args)));

  console.log(say(words('server.serve.ready', { pages: server.webUrl, agents: server.agentUrl })));
  if (server.setupUrl) console.log(say(words('server.serve.set_up', { url: server.setupUrl })));
  return 0;
}

/** What a signal does to a server that runs: it stops, and the process ends with it. */
function onceStopped(stopAll: () => Promise<unknown>, { say, fail }: { say: Say; fail: Fail }): () => Promise<void> {
  let isStopping = false;
  return async () => {
    // A second Ctrl-C is a person who will not wait.
    if (isStopping) process.exit(1);
    isStopping = true;
    setTimeout(() => {
      console.error(`sysmanage: ${say(words('server.serve.not_stopped'))}`);
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

function configure(args: string[], help: () => string, fail: Fail): Config {
  try {
    return loadConfig(args);
  } catch (error) {
    if (!(error instanceof HelpRequest)) return fail(error);
    console.log(help());
    return process.exit(0);
  }
}

/** The flags of `serve`, which are read with the configuration. */
const FLAGS = {
  config: { type: 'string', value: 'FILE', about: words('server.serve.config') },
  'no-local-agent': { type: 'boolean', about: words('server.serve.no_local_agent') },
  'new-ca': { type: 'boolean', about: words('server.serve.new_ca') },
  'new-secret': { type: 'boolean', about: words('server.serve.new_secret') },
  help: { type: 'boolean', about: words('server.flag.help') },
} as const;

type Fail = (error: unknown) => never;

const failIn =
  (say: Say): Fail =>
  (error) => {
    const { lines, exitCode } = explainFailure(error, say);
    for (const line of lines) console.error(`sysmanage: ${line}`);
    process.exit(exitCode);
  };
