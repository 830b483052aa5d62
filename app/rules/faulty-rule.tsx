import { useTranslation } from 'react-i18next';
import { useList } from '../ui/figures/use-list';
import type { RuleFault } from './rule-fault';

/** A rule that could not be read, marked from where it went wrong, and what is wrong there. */
export function FaultyRule({ text, fault }: { text: string; fault: RuleFault }) {
  const { t } = useTranslation();
  const list = useList();
  const { fault: what, at, expected } = fault;
  const [before, after] = [text.slice(0, at - 1), text.slice(at - 1)];
  return (
    <>
      <span className="block">
        {t(`rules.fault.${what}`, { at: String(at) })}{' '}
        {expected.length > 0 && t('rules.expected', { list: list(expected, 'disjunction') })}
      </span>
      <span className="mono block text-12 whitespace-pre-wrap text-ink wrap-anywhere" dir="ltr">
        {before}
        <span className="underline decoration-down decoration-wavy underline-offset-2">{after || ' '}</span>
      </span>
    </>
  );
}
