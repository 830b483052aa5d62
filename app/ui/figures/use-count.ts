import { useState } from 'react';

/** How many different values there have been so far: a key that makes a part anew with each. */
export function useCount(value: unknown): number {
  const [memory, setMemory] = useState({ value, count: 0 });
  if (memory.value === value) return memory.count;
  setMemory({ value, count: memory.count + 1 });
  return memory.count + 1;
}
