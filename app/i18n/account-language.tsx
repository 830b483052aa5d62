import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { problemText } from '../forms/problem';
import { useAct } from '../forms/use-act';
import { useAnnounceOnce } from '../use-announce-once';
import { LanguageSwitch } from './language-switch';

/**
 * The choice of a language, for who is signed in: it is their account's from then on. The last one is, of several that
 * are made before the first is saved; the account counts before what this browser keeps.
 */
export function AccountLanguage() {
  const { t, i18n } = useTranslation();
  const { submit, isPending, answer, problem } = useAct('profile.update', {});
  const wanted = useRef<string | null>(null);
  const isUnderWay = useRef(false);
  const save = () => {
    if (wanted.current === null || isUnderWay.current) return;
    const language = wanted.current;
    wanted.current = null;
    isUnderWay.current = true;
    submit({ language });
  };
  useEffect(() => {
    if (isPending) return;
    isUnderWay.current = false;
    save();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- when one is answered, and not at each painting
  }, [isPending, answer, problem]);
  useAnnounceOnce(problem, problem ? problemText(t, problem, i18n.language) : '');
  return (
    <LanguageSwitch
      onChoose={(language) => {
        wanted.current = language;
        save();
      }}
    />
  );
}
