import { useSearchParams } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { FilterLink } from '../../ui/list/filter-link';
import { Section } from '../../ui/section';
import type { Differences } from '../command-types';
import type { DiffLine } from './diff-lines';

interface Props {
  differences: Differences;
  /** Of the chosen group: how it differs from the most common one. */
  diff: DiffLine[] | null;
}

/** Hosts that wrote the same, the most first, and what a group of them wrote otherwise than most did. */
export function DifferencesView({ differences: { groups, others, notCompared }, diff }: Props) {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const chosen = params.get('output');
  return (
    <Section title={t('command.differences')} count={t('command.outputs', { count: groups.length })}>
      <nav aria-label={t('command.differences')} className="flex flex-col items-start text-13">
        {groups.map(({ output, count, fqdn }) => (
          <FilterLink
            key={output}
            isChosen={output === chosen}
            to={output === chosen ? '?' : `?${new URLSearchParams({ output })}`}
          >
            <span className="tabular-nums">{t('command.to', { count })}</span>
            <span className="max-w-60 truncate text-ink-2">
              <bdi>{fqdn}</bdi>
              {count > 1 && ' …'}
            </span>
          </FilterLink>
        ))}
      </nav>
      {others > 0 && <p className="text-13 text-ink-2">{t('command.otherOutputs', { count: others })}</p>}
      {notCompared > 0 && <p className="text-13 text-ink-2">{t('command.notCompared', { count: notCompared })}</p>}
      {diff && <Diff lines={diff} />}
    </Section>
  );
}

const LOOK = { same: 'text-ink-2', first: 'text-down', second: 'text-up' };
const MARK = { same: ' ', first: '−', second: '+' };

function Diff({ lines }: { lines: DiffLine[] }) {
  const { t } = useTranslation();
  return (
    <>
      <p className="pt-2 text-13 text-ink-2">{t('command.diffHelp')}</p>
      <pre
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, and so must the keyboard
        tabIndex={0}
        role="group"
        aria-label={t('command.diff')}
        className="mono max-h-80 overflow-auto rounded-4 border border-line bg-sunken p-3 text-12 whitespace-pre-wrap wrap-anywhere"
      >
        {lines.map((line, at) =>
          line.kind === 'cut' ? (
            <span key={at} className="block text-ink-3">{`⋯ ${t('command.alike', { count: line.count })}`}</span>
          ) : (
            <span key={at} className={`block ${LOOK[line.kind]}`}>{`${MARK[line.kind]} ${line.text}`}</span>
          ),
        )}
      </pre>
    </>
  );
}
