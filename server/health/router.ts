import { rest } from '../rest/operation';
import { can, canOnHost, router } from '../trpc';
import { findFindings } from './find-findings';
import { findRules, withoutPosition } from './find-rules';
import { ruleList } from './rule-schema';
import { saveRules } from './save-rules';

const TAG = 'Health';

export const healthRouter = router({
  rules: can('hosts.read')
    .meta(rest('GET', '/health/rules', { tag: TAG, summary: 'List the rules by which a host is ill' }))
    .output(ruleList)
    .query(async ({ ctx }) => withoutPosition(await findRules(ctx.db))),

  saveRules: can('health.manage')
    .meta(
      rest('PUT', '/health/rules', {
        tag: TAG,
        summary: 'Say when a host is ill',
        description: 'All rules, in place of those there are. One that is to stay brings its `id`.',
      }),
    )
    .input(ruleList)
    .output(ruleList)
    .mutation(({ ctx, input }) => saveRules(ctx, input)),

  /** What is wrong with one host. */
  findings: canOnHost('hosts.read').query(({ ctx, input }) => findFindings(ctx, input.hostId)),
});
