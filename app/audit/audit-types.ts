import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/router';

// Taken from the router's own outputs: a procedure that changes breaks the page that shows it.
type AuditList = inferRouterOutputs<AppRouter>['audit']['list'];
export type AuditRecord = AuditList['records'][number];
export type AuditListQuery = inferRouterInputs<AppRouter>['audit']['list'];

export const outcomes = ['done', 'refused', 'failed'] as const satisfies AuditRecord['outcome'][];
