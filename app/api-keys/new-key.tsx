import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { CopyableId } from '../ui/copyable-id';

/** The key, this once. Takes the focus: the form that made it is further down than a screen is high. */
export function NewKey({ name, secret }: { name: string; secret: string }) {
  const { t } = useTranslation();
  const box = useRef<HTMLElement>(null);
  useEffect(() => box.current?.focus(), [secret]);
  return (
    <section
      ref={box}
      tabIndex={-1}
      aria-labelledby="new-key"
      className="flex max-w-2xl scroll-mt-20 flex-col gap-2 rounded-4 bg-sunken px-4 py-3 outline-none"
    >
      <h2 id="new-key" className="font-medium">
        {t('apiKey.made', { name })}
      </h2>
      <CopyableId value={secret} label={t('apiKey.label')} />
      <p className="text-12 text-ink-2">{t('apiKey.once')}</p>
    </section>
  );
}
