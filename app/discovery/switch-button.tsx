import { useTranslation } from 'react-i18next';
import { ActProblem } from '../forms/act-problem';
import { DangerButton } from '../forms/danger-button';
import { useAct } from '../forms/use-act';
import { Button } from '../ui/button';

/** Switches discovery off, which asks first, or on. */
export function SwitchButton({ isOn }: { isOn: boolean }) {
  return (
    <>
      <SwitchOff isOffered={isOn} />
      <SwitchOn isOffered={!isOn} />
    </>
  );
}

function SwitchOff({ isOffered }: { isOffered: boolean }) {
  const { t } = useTranslation();
  return (
    <DangerButton
      label={t('discovery.switch.off')}
      verb={t('discovery.switch.off')}
      title={t('discovery.switch.title')}
      isOffered={isOffered}
      act="discovery.switch"
      on={{ to: 'off' }}
      done={t('discovery.switch.doneOff')}
    >
      <p>{t('discovery.switch.text')}</p>
      <p className="text-ink-2">{t('discovery.switch.back')}</p>
    </DangerButton>
  );
}

function SwitchOn({ isOffered }: { isOffered: boolean }) {
  const { t } = useTranslation();
  const { Form, form, isPending, problem } = useAct('discovery.switch', {
    on: { to: 'on' },
    done: t('discovery.switch.doneOn'),
  });
  if (!isOffered && !isPending && !problem) return null;
  return (
    <Form {...form} className="flex flex-col items-start gap-2">
      {(isOffered || isPending) && (
        <Button type="submit" look="primary" isPending={isPending}>
          {t('discovery.switch.on')}
        </Button>
      )}
      {!isPending && <ActProblem problem={problem} />}
    </Form>
  );
}
