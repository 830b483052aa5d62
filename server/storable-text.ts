import { z } from 'zod';
import { mistake } from '../words/explain-issue';

/**
 * Text for a query. PostgreSQL holds every character but U+0000, which would make a caller's mistake an error of ours.
 */
export const storableText = (max: number) =>
  z
    .string()
    .max(max)
    .refine((text) => !text.includes('\0'), mistake('common.input.characters'));
