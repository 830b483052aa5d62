import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from 'react-aria-components';
import { useAnnounce } from './frame/announcer';
import { CheckIcon, CopyIcon } from './icons';

/**
 * An identifier or a command, set in mono. A click copies it, all of it where only the start is shown; its icon and a
 * spoken word say so, and nothing moves.
 */
export function CopyableId({ value, label, shown }: { value: string; label: string; shown?: number }) {
  const { t } = useTranslation();
  const announce = useAnnounce();
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), 1_500);
    return () => clearTimeout(timer);
  }, [isCopied]);

  async function copy() {
    try {
      // Absent on a page that came over plain HTTP from another machine.
      await navigator.clipboard.writeText(value);
      setCopied(true);
      announce(t('copy.done', { label }));
    } catch {
      announce(t('copy.failed'));
    }
  }

  return (
    <Button
      onPress={() => void copy()}
      aria-label={t('copy.name', { label, value })}
      className="group -mx-1 inline-flex max-w-full items-start gap-2 rounded-4 px-1 text-start hover:bg-line"
    >
      <bdi className="mono text-[0.92em] wrap-anywhere select-text">{value.slice(0, shown)}</bdi>
      <span className="mt-0.5 text-ink-3 group-hover:text-ink">
        {isCopied ? <CheckIcon className="size-4" /> : <CopyIcon className="size-4" />}
      </span>
    </Button>
  );
}
