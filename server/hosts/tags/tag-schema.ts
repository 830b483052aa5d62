import { z } from 'zod';
import { LONGEST_TAG, MOST_TAGS, TAG, TAG_COMMAS } from '../../../agent/protocol';
import { storableText } from '../../storable-text';
import { mistake } from '../../../words/explain-issue';

export const tag = storableText(LONGEST_TAG)
  .trim()
  .regex(TAG, mistake('common.input.tag'))
  .meta({ examples: ['env:prod'] });

/** Each once, in the order given; a form has them in one text, with commas between them. */
export const tags = z.preprocess(
  (value) =>
    typeof value === 'string' ? value.split(new RegExp(`[${TAG_COMMAS}\n]`)).filter((part) => part.trim()) : value,
  z
    .array(tag)
    .max(MOST_TAGS)
    .transform((list) => [...new Set(list)]),
);
