/**
 * What an agent can be told to be. Both ends judge a document by it: the server when somebody saves one, the agent
 * before it touches anything. A key is here only when an agent of this version does what it says.
 */
import { z } from 'zod';
import { commandKind } from '../commands/command-kinds';
import { parseProxyAddress } from '../connection/proxy';
import { LOG_LEVELS } from '../process/log-level';
import { FACT_SECTIONS, factSection, MOST_FACTS } from '../protocol';
import { parseServerAddress } from '../server-address';
import { mistake, saying } from '../../words/explain-issue';
import { saidBy } from '../../words/said-error';

/** Of the documents that this agent reads. It grows when an old agent would misread a new one. */
export const CONFIGURATION_FORMAT = 1;

/** Text that a parser of ours takes; what it says against it becomes the issue. */
const parsedBy = (parse: (text: string) => unknown) =>
  z
    .string()
    .max(300)
    .check((ctx) => {
      try {
        parse(ctx.value);
      } catch (error) {
        ctx.issues.push({ code: 'custom', input: ctx.value, ...saying(saidBy(error)) });
      }
    });

/**
 * A name without a folder: a path that the server chooses, written by the superuser, would be a way to write anywhere.
 * Names of devices are of Windows.
 */
const LOG_FILE = /^(?!(?:con|prn|aux|nul|com\d|lpt\d)\.)[a-z0-9][a-z0-9._-]{0,63}\.log$/;

const address = parsedBy(parseServerAddress);
const proxyAddress = parsedBy(parseProxyAddress);

/** Unknown keys are mistakes: a key that is misspelt would else be a machine that does not do what was asked of it. */
export const configuration = z
  .strictObject({
    log: z
      .strictObject({
        level: z
          .enum(LOG_LEVELS)
          .optional()
          .meta({ description: 'What the agent writes to its log: `info` unless set.' }),
        file: z
          .string()
          .regex(LOG_FILE, mistake('common.input.log_file'))
          .optional()
          .meta({
            description: 'A file in `log/` of the agent’s own folder that gets a copy of its log: none unless set.',
            examples: ['agent.log'],
          }),
      })
      .optional(),
    heartbeat: z
      .strictObject({
        interval_seconds: z
          .int()
          .min(5)
          .max(3600)
          .optional()
          .meta({ description: 'Seconds between measurements; what the server says unless set.' }),
        ping_seconds: z
          .int()
          .min(5)
          .max(300)
          .optional()
          .meta({
            description:
              'Seconds between pings. A line that is silent for one and a half times this is dead: 20 unless set.',
          }),
      })
      .optional(),
    server: z
      .strictObject({
        addresses: z
          .array(address)
          .min(1)
          .max(16)
          .optional()
          .meta({
            description: 'Where the server is, https://HOST:PORT each, the best first.',
            examples: [['https://server.example.com:6443']],
          }),
        proxy: proxyAddress
          .optional()
          .meta({
            description: 'An HTTP proxy that the server is reached through by CONNECT: http://HOST:PORT.',
            examples: ['http://proxy.example.com:3128'],
          }),
        proxy_user: z
          .string()
          .regex(/^[^:\p{Cc}]{1,200}$/u, mistake('common.input.proxy_user'))
          .optional()
          .meta({ description: 'Of the proxy, where it asks for one.', examples: ['agents'] }),
        proxy_password: z
          .string()
          .min(1)
          .max(1000)
          .optional()
          .meta({ description: 'A secret: it is kept encrypted and never shown again.', examples: ['sealed:…'] }),
      })
      .optional(),
    discovery: z
      .strictObject({
        interfaces: z
          .array(z.string().regex(/^[^\s/]{1,64}$/, mistake('common.input.interface')))
          .min(1)
          .max(64)
          .optional()
          .meta({
            description: 'Where the agent hears a server that it found itself: `loopback`, `all`, or names.',
            examples: [['loopback']],
          }),
      })
      .optional(),
    collectors: z
      .strictObject({
        off: z
          .array(factSection)
          .max(FACT_SECTIONS.length)
          .optional()
          .meta({ description: 'Facts that the agent does not look for: none unless set.', examples: [['packages']] }),
        facts_seconds: z
          .int()
          .min(60)
          .max(86_400)
          .optional()
          .meta({ description: 'Seconds between looks for facts: 300 unless set.' }),
        most_facts: z
          .int()
          .min(10)
          .max(MOST_FACTS)
          .optional()
          .meta({ description: `Facts that are told of each kind: ${MOST_FACTS} unless set.` }),
      })
      .optional(),
    commands: z
      .strictObject({
        forbidden: z
          .array(commandKind)
          .max(commandKind.options.length)
          .optional()
          .meta({ description: 'Kinds of commands that are not run: none unless set.', examples: [['execute_shell']] }),
        run_as: z
          .array(z.string().min(1).max(200))
          .max(64)
          .optional()
          .meta({ description: 'The only users that scripts run as: anybody unless set.', examples: [['deploy']] }),
        concurrency: z
          .int()
          .min(1)
          .max(64)
          .optional()
          .meta({ description: 'Commands that run at a time: 2 unless set.' }),
        output_bytes: z
          .int()
          .min(0)
          .max(64 * 1024 * 1024)
          .optional()
          .meta({ description: 'Bytes of output that are kept of a run: 1048576 unless set.' }),
      })
      .optional()
      .meta({ description: 'Narrows what `commands` of agent.yaml allows, and never widens it.' }),
  })
  .meta({ id: 'AgentConfiguration' });
export type Configuration = z.infer<typeof configuration>;

/** What one key says. */
export type Leaf = string | number | boolean | readonly string[];

/** Every key that there is, with dots: `log.level`. */
export const CONFIGURATION_KEYS: readonly string[] = Object.entries(configuration.shape).flatMap(([section, keys]) =>
  Object.keys(keys.unwrap().shape).map((key) => `${section}.${key}`),
);

/** What is kept encrypted, and shown to nobody. */
export const SECRET_KEYS: readonly string[] = ['server.proxy_password'];

/** What stands in the place of a secret where people look. */
const SECRET_SHOWN = '(secret)';

/** What a document says, by key with dots. Lists are one value: they replace each other and are not joined. */
export function leavesOf(document: Configuration): Map<string, Leaf> {
  const leaves = new Map<string, Leaf>();
  for (const [section, keys] of Object.entries(document)) {
    for (const [key, value] of Object.entries(keys ?? {})) {
      if (value !== undefined) leaves.set(`${section}.${key}`, value as Leaf);
    }
  }
  return leaves;
}

/** The other way round; sections and keys in the order of the alphabet, so that equal documents are equal text. */
export function documentOf(leaves: ReadonlyMap<string, Leaf>): Configuration {
  // Never by assignment: a machine names keys as it likes, and `__proto__.x` would be set for the whole process.
  const sections = new Map<string, [key: string, value: Leaf][]>();
  for (const [path, value] of [...leaves].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [section, key] = path.split('.') as [string, string];
    sections.set(section, [...(sections.get(section) ?? []), [key, value]]);
  }
  return Object.fromEntries([...sections].map(([section, keys]) => [section, Object.fromEntries(keys)]));
}

/** The same document, fit to be shown. */
export const withoutSecrets = (document: Configuration): Configuration =>
  documentOf(
    new Map([...leavesOf(document)].map(([key, value]) => [key, SECRET_KEYS.includes(key) ? SECRET_SHOWN : value])),
  );
