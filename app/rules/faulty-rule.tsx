import { useTranslation } from 'react-i18next';
import { ruleFaultText, type RuleFault } from './rule-fault';

/** A rule that could not be read, marked from where it went wrong, and what is wrong there. */
export function FaultyRule({ text, fault }: { text: string; fault: RuleFault }) {
  const { t } = useTranslation();
  const [before, after] = [text.slice(0, fault.at - 1), text.slice(fault.at - 1)];
  return (
    <>
      <span className="block">{ruleFaultText(t, fault)}</span>
      <span className="mono block text-12 whitespace-pre-wrap text-ink wrap-anywhere" dir="ltr">
        {before}
        <span className="underline decoration-down decoration-wavy underline-offset-2">{after || ' '}</span>
      </span>
    </>
  );
}
