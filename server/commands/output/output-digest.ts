import { z } from 'zod';

/** SHA-256 of what is kept of a run's output, hexadecimal. */
export const outputDigest = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .meta({ examples: ['e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'] });
