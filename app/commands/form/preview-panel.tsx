import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isTypedAs } from '../../forms/is-typed-as';
import { Button } from '../../ui/button';
import { TextField } from '../../ui/fields/text-field';
import { Section } from '../../ui/section';
import { useHydrated } from '../../ui/use-hydrated';
import type { CommandPreview } from '../command-types';
import { reasonWords } from '../reason-words';
import { MOST_AT_ONCE, typedCount } from './read-run-form';
import { idOf } from './run-form-errors';

/** To whom it would go now, and the button that sends it. To many, after their number has been typed. */
export function PreviewPanel({
  preview: { total, cannot, notTold, names },
  isPending,
  error,
}: {
  preview: CommandPreview;
  isPending: boolean;
  error: string | undefined;
}) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  // Without a script nothing would enable it: the server compares the number then.
  const isHydrated = useHydrated();
  const isMany = total > MOST_AT_ONCE;
  return (
    <Section title={t('command.previewed')} count={t('command.to', { count: total })}>
      <div className="flex flex-col gap-4" data-preview={total}>
        <ul className="text-13">
          {names.map((name) => (
            <li key={name} className="wrap-anywhere">
              <bdi>{name}</bdi>
            </li>
          ))}
          {total > names.length && (
            <li className="text-ink-2">{t('command.andMore', { count: total - names.length })}</li>
          )}
        </ul>
        {cannot.map(({ reason, detail, count }) => (
          <p key={`${reason} ${detail}`} className="text-13 text-pending wrap-anywhere">
            {t('command.cannot', { count, why: reasonWords(t, reason, detail) })}
            {detail && <span className="mono"> {detail}</span>}
          </p>
        ))}
        {notTold > 0 && <p className="text-13 text-ink-2">{t('command.notTold', { count: notTold })}</p>}
        {isMany && (
          <TextField
            id={idOf(typedCount)}
            name={typedCount}
            inputMode="numeric"
            label={t('command.typeCount')}
            description={t('command.typeCountHelp')}
            autoComplete="off"
            error={error}
            onInput={({ currentTarget }) => setTyped(currentTarget.value)}
          />
        )}
        <input type="hidden" name="targetCount" value={total} />
        {total > 0 && (
          <div>
            <Button
              type="submit"
              name="intent"
              value="send"
              look="primary"
              shape="field"
              isPending={isPending}
              isDisabled={isHydrated && isMany && !isTypedAs(typed, total)}
            >
              {t('command.send', { count: total })}
            </Button>
          </div>
        )}
      </div>
    </Section>
  );
}
