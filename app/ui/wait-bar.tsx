/** A thin line under the top bar while a page loads: from 300 ms on, and from 2 s on with words. */
export function WaitBar({ text }: { text: string }) {
  return (
    <div className="absolute inset-x-0 top-full z-10 h-0" role="progressbar" aria-label={text}>
      <div className="h-0.5 animate-late overflow-hidden">
        <div className="h-full w-1/4 animate-slide bg-accent" />
      </div>
      <div className="flex animate-later justify-center pt-2">
        <span className="rounded-4 bg-ink px-2 py-0.5 text-12 text-paper">{text}</span>
      </div>
    </div>
  );
}
