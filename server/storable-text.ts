import { z } from 'zod';

/**
 * Text for a query. PostgreSQL holds every character but U+0000, which would make a caller's mistake an error of ours.
 */
export const storableText = (max: number) =>
  z
    .string()
    .max(max)
    .refine((text) => !text.includes('\0'), 'must not hold U+0000');
