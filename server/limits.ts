import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { AppError, type AppErrorCode } from './errors';

/** How much machines may ask for, by what they can least easily change: their address, their certificate. People's limits: auth/attempts.ts. */
export interface Limits {
  /** New machines from one address. A site behind one address enrols its machines within minutes, not within seconds. */
  registrations: Limit;
  /** Errors that one agent reports; each is a row. */
  agentErrors: Limit;
}

export interface Limit {
  /** Counts one. Throws once there were too many in the last while. */
  take(key: string): Promise<void>;
}

/** In memory, of this process: a restart forgives everybody. */
export function createLimits(): Limits {
  return {
    registrations: createLimit({ points: 120, duration: 60, code: 'agent.too_many_registrations' }),
    agentErrors: createLimit({ points: 20, duration: 600, code: 'agent.too_many_errors' }),
  };
}

function createLimit({ points, duration, code }: { points: number; duration: number; code: AppErrorCode }): Limit {
  const limiter = new RateLimiterMemory({ points, duration });
  return {
    async take(key) {
      try {
        await limiter.consume(key);
      } catch (error) {
        throw error instanceof RateLimiterRes ? new AppError(code) : error;
      }
    },
  };
}
