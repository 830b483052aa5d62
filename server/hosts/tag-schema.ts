import { z } from 'zod';
import { storableText } from '../storable-text';

export const MOST_TAGS = 50;

/** As Latin, Arabic and CJK keyboards have them, in a class of characters. */
const COMMAS = ',،、，';

/** `key` or `key:value`. A comma would be two tags in a form. */
export const tag = storableText(100)
  .trim()
  .regex(
    new RegExp(`^[^\\s:${COMMAS}\\p{Cc}\\p{Surrogate}][^${COMMAS}\\p{Cc}\\p{Surrogate}]*$`, 'u'),
    'must be a key, or a key and a value with a colon between them',
  )
  .meta({ examples: ['env:prod'] });

/** Each once, in the order given; a form has them in one text, with commas between them. */
export const tags = z.preprocess(
  (value) =>
    typeof value === 'string' ? value.split(new RegExp(`[${COMMAS}\n]`)).filter((part) => part.trim()) : value,
  z
    .array(tag)
    .max(MOST_TAGS)
    .transform((list) => [...new Set(list)]),
);
