import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { buttonClass } from '../../ui/button';
import { Notice } from '../../ui/notice';
import { Section } from '../../ui/section';
import { FilterInput } from '../../ui/list/filter-input';
import { useFigures } from '../../ui/figures/use-figures';
import { readAnsi } from './ansi';
import { isOpen, type OutputPiece, type RunRow } from '../command-types';
import { type Segment, segmentsOf } from './output-text';
import { useOutput } from './use-output';

/** Characters that are drawn at once: the end of it. */
const MOST_SHOWN = 200_000;

interface Props {
  commandId: string;
  run: RunRow;
  recent: readonly OutputPiece[];
}

/** What a run writes, as it writes it: both streams in their order, in the colours that programs ask for. */
export function OutputView({ commandId, run, recent }: Props) {
  const { t } = useTranslation();
  const [search, setSearch] = useState('');
  const { known, hasFailed } = useOutput(commandId, run, recent);
  const segments = useMemo(() => segmentsOf(known), [known]);
  const matching = useMemo(() => (search === '' ? null : linesWith(segments, search)), [segments, search]);
  const isEmpty = segments.length === 0;
  const following = useFollowing(isOpen(run.state), segments);
  return (
    <Section
      title={t('command.output')}
      end={
        run.outputBytes > 0 && (
          <a
            href={`/commands/${commandId}/runs/${run.hostId}/output`}
            download
            className={buttonClass('plain')}
            data-download=""
          >
            {t('command.download')}
          </a>
        )
      }
    >
      <div className="flex flex-col gap-2">
        {hasFailed && <Notice title={t('command.outputFailed')} />}
        {!isEmpty && (
          <div className="flex flex-wrap items-center gap-2 text-13">
            <FilterInput
              type="search"
              value={search}
              aria-label={t('command.searchOutput')}
              placeholder={t('command.searchOutput')}
              onChange={({ target }) => setSearch(target.value)}
              className="max-w-60 px-2 placeholder:text-ink-3"
            />
            {matching && <span className="text-ink-2">{t('command.matches', { count: matching.length })}</span>}
          </div>
        )}
        {isEmpty ? (
          <p className="text-13 text-ink-2">{t(isOpen(run.state) ? 'command.noOutputYet' : 'command.noOutput')}</p>
        ) : (
          // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, and so must the keyboard
          <pre role="log" aria-label={t('command.output')} tabIndex={0} className={PAPER} {...following}>
            {matching ? matching.join('\n') : <Written segments={segments} />}
          </pre>
        )}
      </div>
    </Section>
  );
}

/** What is being written is followed to its end, until somebody scrolls away from there; back there, it is again. */
function useFollowing(isBeingWritten: boolean, written: unknown) {
  const ref = useRef<HTMLPreElement>(null);
  const isAtEnd = useRef(isBeingWritten);
  useLayoutEffect(() => {
    if (ref.current && isAtEnd.current) ref.current.scrollTop = ref.current.scrollHeight;
  }, [written]);
  const onScroll = () => {
    const { scrollTop, clientHeight, scrollHeight } = ref.current!;
    isAtEnd.current = isBeingWritten && scrollTop + clientHeight > scrollHeight - 8;
  };
  return { ref, onScroll };
}

const PAPER =
  'mono max-h-[32rem] min-h-24 overflow-auto rounded-4 border border-line bg-sunken p-3 text-12 whitespace-pre-wrap wrap-anywhere';

function Written({ segments }: { segments: Segment[] }) {
  const { t } = useTranslation();
  const { bytes } = useFigures();
  const { shown, isCut } = useMemo(() => lastOf(segments), [segments]);
  return (
    <>
      {isCut && <span className="block text-ink-2">{t('command.cutHere')}</span>}
      {shown.map((segment, i) => {
        const missing = segment.start - (i === 0 ? (isCut ? segment.start : 0) : shown[i - 1]!.end);
        return (
          <span key={segment.start} data-stream={segment.stream}>
            {missing > 0 && (
              <span className="block text-ink-2">{`⋯ ${t('command.gap', { size: bytes(missing) })} ⋯`}</span>
            )}
            <Coloured segment={segment} />
          </span>
        );
      })}
    </>
  );
}

function Coloured({ segment: { stream, text } }: { segment: Segment }) {
  const spans = useMemo(() => readAnsi(text), [text]);
  return (
    <span className={stream === 'stderr' ? 'text-down' : undefined}>
      {spans.map(({ text, className }, i) => (
        <span key={i} className={className || undefined}>
          {text}
        </span>
      ))}
    </span>
  );
}

function lastOf(segments: Segment[]): { shown: Segment[]; isCut: boolean } {
  let room = MOST_SHOWN;
  const shown: Segment[] = [];
  for (const segment of [...segments].reverse()) {
    if (room <= 0) return { shown, isCut: true };
    shown.unshift(segment.text.length > room ? { ...segment, text: segment.text.slice(-room) } : segment);
    room -= segment.text.length;
  }
  return { shown, isCut: room < 0 };
}

/** Lines of each stream by itself, without their colours, as they are searched for. */
function linesWith(segments: Segment[], search: string): string[] {
  const wanted = search.toLowerCase();
  const plain = segments.map(({ text }) =>
    readAnsi(text)
      .map((span) => span.text)
      .join(''),
  );
  return plain
    .join('')
    .split('\n')
    .filter((line) => line.toLowerCase().includes(wanted));
}
