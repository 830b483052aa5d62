import { readTyped, writeTyped, type TypedForm } from './typed';

let typed: TypedForm[] = [];

/** Called before the page's script takes over: remembers what was typed until then, passwords included, in memory. */
export const expectHydration = () => void (typed = readTyped());

/**
 * Called when it has. Fields keep their values by themselves, unless React had to draw the page anew, which it does
 * when something has changed the page meanwhile, such as a password manager that adds elements of its own.
 */
export function endHydration() {
  writeTyped(typed);
  typed = [];
}
