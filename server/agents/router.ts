import { commandReport } from '../../agent/commands/protocol';
import {
  agentError,
  approval,
  configurationReport,
  enrolmentProof,
  factHashes,
  factReport,
  hello,
  registration,
  renewal,
  sample,
} from '../../agent/protocol';
import { z } from 'zod';
import { offerFacts } from '../facts/offer-facts';
import { reportFacts } from '../facts/report-facts';
import { offerConfiguration } from '../configuration/offer-configuration';
import { keptWords } from '../kept-words';
import { correctTime } from '../metrics/correct-time';
import { redactSecrets } from '../redact-secrets';
import { rest } from '../rest/operation';
import { textLike } from '../rest/schema';
import { agentProcedure, connected, enrolled, router, stranger } from '../trpc';
import { awaitDecision } from './enrolment/await-decision';
import { collectCertificate } from './enrolment/collect-certificate';
import { recordHello } from './hello';
import { streamInbox } from './inbox';
import { INBOX_SOURCES } from './inbox-sources';
import { registerAgent } from './enrolment/register';
import { renewCertificate } from './renew-certificate';

const registered = z.object({
  enrolmentId: z.string().meta({ format: 'uuid' }),
  challenge: textLike('Zm9yIHRoaXMgcmVnaXN0cmF0aW9u').meta({
    description: 'To be signed with the key that registered.',
  }),
  status: approval,
});

export const agentsRouter = router({
  register: stranger
    .meta(
      rest('POST', '/host/register', {
        tag: 'Joining',
        summary: 'Ask to join',
        description: 'What an agent does first. The certificate is collected by proof of the key: see the agent.',
        errors: [
          ...([
            'agent.csr_invalid',
            'agent.too_many_pending',
            'agent.too_many_registrations',
            'enrolment.too_many_wrong_tokens',
          ] as const),
          ...([
            'enrolment.token_unknown',
            'enrolment.token_expired',
            'enrolment.token_used_up',
            'enrolment.token_revoked',
          ] as const),
        ],
        isPublic: true,
      }),
    )
    .input(registration)
    .output(registered)
    .mutation(({ ctx, input }) => registerAgent(ctx, input)),

  // A mutation although it only reads: the proof belongs in a body, not in a URL.
  enrolment: stranger
    .input(enrolmentProof.extend({ known: approval }))
    .mutation(({ ctx, input, signal }) => awaitDecision(ctx, input, signal)),

  certificate: stranger.input(enrolmentProof).mutation(({ ctx, input }) => collectCertificate(ctx, input)),

  /** What the next connection is opened with, and the secret that its frames are sealed with. */
  connectionToken: enrolled.mutation(({ ctx }) => ctx.connections.issue(ctx.transport)),

  hello: connected.input(hello).mutation(({ ctx, input }) => recordHello(ctx, input)),

  heartbeat: agentProcedure.input(sample).mutation(({ ctx, input }) => {
    // By our clock: an agent's may be a day off, and one chart has one time.
    const { hostId } = ctx.agent;
    const at = correctTime(ctx.connection ?? { clockOffsetMs: null }, Date.parse(input.at));
    const dated = { ...input, at: new Date(at).toISOString() };
    ctx.samples.add(hostId, dated);
    ctx.keptSamples.keep(hostId, dated);
    const { connection } = ctx;
    ctx.health.sampled(hostId, dated, { connection, clockOffsetMs: connection?.clockOffsetMs ?? null });
    ctx.events.emit('host.sampled', { hostId, sample: dated });
  }),

  /** Which of its facts the server lacks. When it lacks none, both ends agree. */
  offerFacts: agentProcedure.input(factHashes).mutation(({ ctx, input }) => offerFacts(ctx, input)),

  reportFacts: agentProcedure.input(factReport).mutation(({ ctx, input }) => reportFacts(ctx, input)),

  renewCertificate: agentProcedure.input(renewal).mutation(({ ctx, input }) => renewCertificate(ctx, input)),

  /** What the host is to be. Asked when the inbox names a hash that it has not in force. */
  configuration: agentProcedure.query(({ ctx }) => offerConfiguration(ctx)),

  configReport: agentProcedure.input(configurationReport).mutation(async ({ ctx, input }) => {
    const { hostId } = ctx.agent;
    const { said, ...report } = input;
    const message = redactSecrets(keptWords(input.message, said));
    await ctx.reports.configuration({ ...report, hostId, message });
    ctx.events.emit('host.configured', { hostId });
    // It was not told of what its row said that it had.
    const { connection } = ctx;
    if (connection?.configuration && connection.configuration !== input.inForce)
      ctx.events.emit('inbox.changed', { hostId, kind: 'configuration' });
  }),

  reportError: connected.input(agentError).mutation(async ({ ctx, input }) => {
    await ctx.limits.agentErrors.take(ctx.agent.hostId);
    ctx.log.warn({ hostId: ctx.agent.hostId, ...input }, 'the agent reports an error');
    const detail = redactSecrets(input.message);
    await ctx.reports.happening({ hostId: ctx.agent.hostId, kind: 'agent_error', detail, at: new Date() });
  }),

  commandUpdate: agentProcedure
    .input(commandReport)
    .mutation(({ ctx, input }) => ctx.runReports.add(ctx.agent.hostId, input)),

  /** What the server has to tell this host, until the connection ends. */
  inbox: connected
    .input(z.object({ lastEventId: z.string().max(100).nullish() }).optional())
    .subscription(({ ctx, signal }) => streamInbox(ctx, INBOX_SOURCES, signal!)),
});
