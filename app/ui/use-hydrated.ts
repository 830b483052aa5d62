import { useSyncExternalStore } from 'react';

const never = () => () => {};
const yes = () => true;
const no = () => false;

/** Whether the page's script is at work: false as the server draws the page, and while the browser takes that over. */
export const useHydrated = () => useSyncExternalStore(never, yes, no);
