import { Fragment } from 'react';

/** An address or a dotted name, which breaks after its dots and its @ before it does within a word. */
export function Breakable({ children }: { children: string }) {
  return children.split(/(?<=[.@])/).map((part, i) => (
    <Fragment key={i}>
      {i > 0 && <wbr />}
      {part}
    </Fragment>
  ));
}
