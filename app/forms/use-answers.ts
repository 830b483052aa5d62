import { useState } from 'react';
import { isUnanswered } from './keep-page';
import type { Problem } from './problem';

type Answer = { errors: { problem: Problem | null } | null } | undefined;

/**
 * How many answers a form has had: a key for fields that are empty after each. One that never came is none, and what
 * was typed stays.
 */
export function useAnswers(answer: Answer): number {
  const [memory, setMemory] = useState({ answer, count: 0 });
  if (memory.answer === answer || isUnanswered(answer?.errors?.problem)) return memory.count;
  setMemory({ answer, count: memory.count + 1 });
  return memory.count + 1;
}
