import type { TRPCError } from '@trpc/server';
import { AppError } from './errors';

/** tRPC's `responseMeta` of both listeners: a refusal that passes by itself says when (RFC 9110, 10.2.3). */
export function retryAfter({ errors }: { errors: TRPCError[] }): { headers?: Record<string, string> } {
  const waits = errors.flatMap((error) => (error instanceof AppError ? (error.retryAfterSeconds ?? []) : []));
  return waits.length > 0 ? { headers: { 'retry-after': String(Math.max(...waits)) } } : {};
}
