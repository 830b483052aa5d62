import { Link } from '@remix-run/react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { buttonClass } from '../ui/button';
import { CopyableId } from '../ui/copyable-id';
import { enrolCommand, shells } from './enrol-command';

/** The token, this once, and the command that uses it. Takes the focus: nothing on the page matters more now. */
export function NewToken({ token }: { token: string }) {
  const { t } = useTranslation();
  const box = useRef<HTMLElement>(null);
  useEffect(() => box.current?.focus(), [token]);
  return (
    <section ref={box} tabIndex={-1} aria-labelledby="new-token" className="flex max-w-3xl flex-col gap-4 outline-none">
      <h2 id="new-token" className="text-16 font-semibold">
        {t('enrolment.made.title')}
      </h2>
      <p className="rounded-4 border-s-4 border-pending-edge bg-pending-tint px-3 py-2 text-13">
        {t('enrolment.made.once')}
      </p>
      <Copyable value={token} label={t('enrolment.made.token')} />
      <p>
        {t('enrolment.made.copyAgent')} <span className="text-ink-2">{t('firstAgent.need')}</span>
      </p>
      <Copyable value="build/agent/sysmanage-agent.cjs" label={t('firstAgent.file')} />
      <p>{t('enrolment.made.run')}</p>
      {shells.map((shell) => (
        <div key={shell} className="flex flex-col gap-1">
          <h3 className="text-13 font-medium">{t(`enrolment.shell.${shell}`)}</h3>
          <Copyable
            value={enrolCommand(shell, token)}
            label={t('enrolment.made.commandFor', { system: t(`enrolment.shell.${shell}`) })}
          />
        </div>
      ))}
      <div>
        <Link to="/enrolment" className={buttonClass('quiet')}>
          {t('enrolment.made.done')}
        </Link>
      </div>
    </section>
  );
}

function Copyable({ value, label }: { value: string; label: string }) {
  return (
    <p className="rounded-4 bg-sunken px-3 py-2">
      <CopyableId value={value} label={label} />
    </p>
  );
}
