import { lineDiff } from './line-diff';

const LOOKS = { '+': 'bg-up-tint text-up', '-': 'bg-down-tint text-down', ' ': 'text-ink-2' };

/** Without the text before, which may be on the next page, the whole text. */
export function TextDiff({ before, after }: { before: string | undefined; after: string }) {
  return (
    <pre className="mono overflow-x-auto rounded-4 bg-sunken p-3 text-12">
      {lineDiff(before ?? after, after).map(({ sign, line }, i) => (
        <span key={i} className={`block ${LOOKS[sign]}`}>
          {sign} {line}
        </span>
      ))}
    </pre>
  );
}
