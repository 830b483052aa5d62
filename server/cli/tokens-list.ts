import { listTokens } from '../enrolment-tokens/list-tokens';
import { defineCommand } from './command';
import { withStore } from './store';

type Listed = Awaited<ReturnType<typeof listTokens>>['tokens'];

export const tokensList = defineCommand({
  about: 'The newest first, without what one would join with. With the embedded database, stop the server first.',
  run: ({ config }) =>
    withStore(config, async ({ db }) => {
      const tokens: Listed = [];
      for (let cursor: string | undefined, isMore = true; isMore;) {
        const page = await listTokens({ db }, { cursor, limit: 200 });
        tokens.push(...page.tokens);
        cursor = page.nextCursor ?? undefined;
        isMore = cursor !== undefined;
      }
      const text = tokens.map(
        ({ id, name, state, used, maxUses, expiresAt, autoApprove }) =>
          `${id}  ${state.padEnd(7)}  ${used}/${maxUses ?? '∞'}  until ${expiresAt}  ${name}${autoApprove ? '  (approves)' : ''}`,
      );
      return { json: { tokens }, text: text.length > 0 ? text.join('\n') : 'There are none.' };
    }),
});
