import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { AppError, type AppErrorCode } from './errors';

/** How much anyone may ask for, by what they can least easily change: their address, their certificate, the account they try. */
export interface Limits {
  /** New machines from one address. A site behind one address enrols its machines within minutes, not within seconds. */
  registrations: Limit;
  /** Errors that one agent reports; each is a row. */
  agentErrors: Limit;
  /** Certificates that one host asks for; each is a row for as long as it counts. */
  renewals: Limit;
  /** Failed sign-ins from one address. */
  signInsFrom: Limit;
  /** Failed sign-ins to one account, from anywhere. */
  signInsTo: Limit;
}

export interface Limit {
  /** Counts one. Throws once there were too many in the last while. */
  take(key: string): Promise<void>;
  /** Uncounts what turned out to be rightful. */
  giveBack(key: string): Promise<void>;
}

/** In memory, of this process: a restart forgives everybody. */
export function createLimits(): Limits {
  return {
    registrations: createLimit({ points: 120, duration: 60, code: 'agent.too_many_registrations' }),
    agentErrors: createLimit({ points: 20, duration: 600, code: 'agent.too_many_errors' }),
    renewals: createLimit({ points: 20, duration: 3600, code: 'agent.too_many_renewals' }),
    signInsFrom: createLimit({ points: 30, duration: 60, code: 'auth.too_many' }),
    signInsTo: createLimit({ points: 10, duration: 60, code: 'auth.too_many' }),
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
    async giveBack(key) {
      await limiter.reward(key);
    },
  };
}
