import { install } from './install/install';
import { words } from '../words/words';
import { helpIn, parseArguments } from './process/arguments';
import { chooseSay, configure } from './process/configure';
import { EXIT, FatalError, type ExitCode } from './process/exit-codes';
import { printable } from './process/log';
import { redactTokens } from './enrolment-token';
import { run } from './run';
import { watchFile } from './process/watch-file';
import { AGENT_VERSION } from './process/version';

const say = chooseSay(process.argv);

async function main(): Promise<ExitCode> {
  if (process.argv[2] === 'install') {
    process.stdout.write(await install(process.argv.slice(3), say));
    return EXIT.OK;
  }
  const given = parseArguments(process.argv.slice(2));
  if (given.help || given.version) {
    process.stdout.write(given.help ? helpIn(say) : `${AGENT_VERSION}\n`);
    return EXIT.OK;
  }
  const configuration = await configure(given, say);
  const { log } = configuration;
  const stopping = new AbortController();
  stopOnSignals(stopping);
  const isReplaced = watchFile(process.argv[1]!);
  const onIdle = () => {
    // Only systemd is known to start again what has ended well (`Restart=always`); it says that it is it
    // (systemd.exec(5)).
    const isStartedAgain = given.service && configuration.environment['INVOCATION_ID'] !== undefined;
    if (!isStartedAgain || stopping.signal.aborted || !isReplaced()) return;
    log.info(words('agent.start.replaced'));
    stopping.abort();
  };
  const servers = configuration.servers.map(({ host }) => host).join(', ') || words('agent.start.to_be_found');
  log.info(words('agent.start.begins', { version: AGENT_VERSION, servers, folder: configuration.folder }));
  try {
    await run({ ...configuration, onIdle, signal: stopping.signal });
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
    log.info(words('agent.start.stopped'));
  }
  return EXIT.OK;
}

function stopOnSignals(stopping: AbortController): void {
  const stop = () => {
    // A second signal is a person who will not wait.
    if (stopping.signal.aborted) process.exit(EXIT.OK);
    stopping.abort();
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  // Started by a server as its local agent: its death, however sudden, ends this channel and is to end us.
  if (process.connected) process.once('disconnect', () => stopping.abort());
}

// A log that nobody reads any more is no reason to end.
process.stderr.on('error', () => {});

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const text =
      error instanceof FatalError
        ? printable(say(error.said))
        : redactTokens(say(words('agent.start.internal', { stack: String((error as Error).stack) })));
    process.stderr.write(`sysmanage-agent: ${text}\n`);
    process.exit(error instanceof FatalError ? error.exitCode : EXIT.SOFTWARE);
  },
);
