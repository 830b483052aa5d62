import { everyToken, type ListedToken } from '../enrolment-tokens/list-tokens';
import { defineCommand } from './command';
import { withStore } from './store';
import { words } from '../../words/words';

export const tokensList = defineCommand({
  about: words('server.tokens_list.about'),
  run: ({ config }) =>
    withStore(config, async ({ db }) => {
      const tokens: ListedToken[] = [];
      for await (const page of everyToken({ db })) tokens.push(...page);
      const lines = tokens.map(({ id, name, state, used, maxUses, expiresAt, autoApprove }) =>
        words(autoApprove ? 'server.tokens_list.token_approves' : 'server.tokens_list.token', {
          id,
          state: words(`server.tokens_list.state.${state}`),
          used,
          most: maxUses ?? '∞',
          expires: expiresAt,
          name,
        }),
      );
      return { json: { tokens }, lines: lines.length > 0 ? lines : [words('server.tokens_list.none')] };
    }),
});
