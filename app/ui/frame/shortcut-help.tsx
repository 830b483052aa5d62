import { useTranslation } from 'react-i18next';
import { Switch } from 'react-aria-components';
import { Button } from '../button';
import { Dialog } from '../dialog';

interface Props {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  isEnabled: boolean;
  onEnable: (isEnabled: boolean) => void;
  shortcuts: { keys: string; text: string }[];
}

export default function ShortcutHelp({ isOpen, onOpenChange, isEnabled, onEnable, shortcuts }: Props) {
  const { t } = useTranslation();
  return (
    <Dialog title={t('shortcuts.title')} isOpen={isOpen} onOpenChange={onOpenChange}>
      <dl className={`text-13 ${isEnabled ? '' : 'text-ink-3'}`}>
        {shortcuts.map(({ keys, text }) => (
          <div key={keys} className="flex items-center justify-between gap-4 border-b border-line py-1.5 last:border-0">
            <dt>{text}</dt>
            <dd className="flex gap-1">
              {keys.split(' ').map((key) => (
                <kbd key={key} className="mono min-w-6 rounded-4 border border-line-strong px-1.5 text-center text-12">
                  {key}
                </kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <Switch isSelected={isEnabled} onChange={onEnable} className="group flex items-center gap-3 text-13">
        <span
          className="flex h-5 w-9 shrink-0 rounded-full border border-line-strong bg-sunken p-0.5
          group-data-focus-visible:outline-2 group-data-focus-visible:outline-offset-2
          group-data-focus-visible:outline-accent group-data-selected:border-ink group-data-selected:bg-ink"
        >
          <span className="size-3.5 rounded-full bg-ink-3 group-data-selected:ms-auto group-data-selected:bg-paper" />
        </span>
        {t('shortcuts.enabled')}
      </Switch>
      <div className="flex items-end justify-between gap-4">
        <p className="text-12 text-ink-2">{t('shortcuts.note')}</p>
        <Button onPress={() => onOpenChange(false)}>{t('act.close')}</Button>
      </div>
    </Dialog>
  );
}
