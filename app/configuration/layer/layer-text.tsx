import type { Layer } from '../configuration-types';
import { UnvouchedNotice } from '../unvouched-notice';

/** A layer for who may read it and not write it. */
export function LayerText({ layer }: { layer: Layer }) {
  return (
    <div className="flex flex-col gap-5">
      <UnvouchedNotice addresses={layer.unvouched} />
      <pre className="mono overflow-x-auto rounded-4 bg-sunken p-3 text-12">{layer.text}</pre>
    </div>
  );
}
