/** Turns in the middle of the thing that waits, but only from 300 ms on. */
export function Spinner() {
  return (
    <span className="absolute inset-0 grid animate-late place-items-center" aria-hidden="true">
      <span className="size-4 animate-turn rounded-full border-2 border-current border-e-transparent" />
    </span>
  );
}
