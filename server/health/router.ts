import { rest } from '../rest/operation';
import { can, canOnHost, router } from '../trpc';
import { findFindings } from './find-findings';
import { listRules } from './find-rules';
import { newRules, taggedList } from './rule-schema';
import { saveRules } from './save-rules';

const TAG = 'Health';

export const healthRouter = router({
  rules: can('hosts.read')
    .meta(rest('GET', '/health/rules', { tag: TAG, summary: 'List the rules by which a host is ill' }))
    .output(taggedList)
    .query(({ ctx }) => listRules(ctx)),

  saveRules: can('health.manage')
    .meta(
      rest('PUT', '/health/rules', {
        tag: TAG,
        summary: 'Say when a host is ill',
        description:
          'All rules, in place of those there are. One that is to stay brings its `id`. `If-Match` has the `ETag` of the rules that these are made from: they are saved only if nobody has changed them since.',
        errors: ['health.version_needed', 'health.changed_meanwhile', 'fleet.not_found'],
      }),
    )
    .input(newRules)
    .output(taggedList)
    .mutation(({ ctx, input }) => saveRules(ctx, input)),

  /** What is wrong with one host. */
  findings: canOnHost('hosts.read').query(({ ctx, input }) => findFindings(ctx, input.hostId)),
});
