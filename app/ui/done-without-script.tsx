/** What a script announces when it is done, for a page that has none. */
export function DoneWithoutScript({ isDone, text }: { isDone: boolean; text: string }) {
  if (!isDone) return null;
  return (
    <noscript>
      <p role="status" className="rounded-4 bg-sunken px-4 py-3">
        {text}
      </p>
    </noscript>
  );
}
