import { useEffect, useRef } from 'react';

/**
 * Lets one through until its answer is here. A button learns that it is pending when the page is painted anew, and the
 * second click of a double click is faster: it would make a second link, which works and which nobody sees.
 * @param answer anything that is another with each answer: one may come before the waiting was ever painted
 */
export function useOnce(isPending: boolean, answer: unknown) {
  const isUnderWay = useRef(false);
  useEffect(() => {
    if (!isPending) isUnderWay.current = false;
  }, [isPending, answer]);
  /** Whether it is the first. For a form's `onSubmit`, which another does not get through. */
  return (event?: { preventDefault(): void }): boolean => {
    if (isUnderWay.current) event?.preventDefault();
    const isFirst = !isUnderWay.current;
    isUnderWay.current = true;
    return isFirst;
  };
}
