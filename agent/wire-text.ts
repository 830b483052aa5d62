import { z } from 'zod';
import { mistake } from '../words/explain-issue';

/** Text that a database and a JSON document can hold: no U+0000, no half of a surrogate pair. */
export const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((value) => !/[\0\p{Surrogate}]/u.test(value), mistake('common.input.characters'));
