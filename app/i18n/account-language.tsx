import { useAct } from '../forms/use-act';
import { LanguageSwitch } from './language-switch';

/** The choice of a language, for who is signed in: it is their account's from then on. */
export function AccountLanguage() {
  const { submit } = useAct('profile.update', {});
  return <LanguageSwitch onChoose={(language) => submit({ language })} />;
}
