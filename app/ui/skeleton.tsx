/** The grey outline of a page that is on its way. Not there at all in the first 300 ms. */
export function Skeleton({ label }: { label: string }) {
  return (
    <div className="animate-late" aria-busy="true">
      <p className="sr-only">{label}</p>
      <div className="h-7 w-40 rounded-4 bg-line" />
      <div className="mt-8 flex flex-col gap-px">
        {Array.from({ length: 8 }, (_, row) => (
          <div key={row} className="flex items-center gap-6 border-b border-line py-3">
            <div className="h-4 w-16 rounded-4 bg-line" />
            <div className="h-4 w-48 rounded-4 bg-line" />
            <div className="h-4 grow rounded-4 bg-sunken" />
          </div>
        ))}
      </div>
    </div>
  );
}
