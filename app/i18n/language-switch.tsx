import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnnounce } from '../ui/frame/announcer';
import { LanguageIcon } from '../ui/icons';
import { MenuButton, MenuChoice, MenuItem } from '../ui/menu';
import { keepLanguage, showIn } from './choose-language';
import { languages, ownName } from './languages';

/**
 * Chooses the language of the page, which this browser keeps. Nothing that was typed is lost by it.
 *
 * @param onChoose keeps it elsewhere, too
 */
export function LanguageSwitch({ onChoose }: { onChoose?: (language: string) => void }) {
  const { t, i18n } = useTranslation();
  const announce = useAnnounce();
  const last = useRef('');

  async function choose(id: string) {
    const language = languages.find((one) => one === id);
    if (!language || language === (last.current || i18n.language)) return;
    last.current = language;
    // Of two, the words of the first may come last.
    const isLast = () => last.current === language;
    const isShown = await showIn(i18n, language, isLast);
    if (!isLast()) return;
    last.current = '';
    if (!isShown) return announce(t('language.failed', { language: ownName(language) }));
    keepLanguage(language);
    onChoose?.(language);
  }

  return (
    <MenuButton shape="icon" label={t('language.name', { language: ownName(i18n.language) })} face={<LanguageIcon />}>
      <MenuChoice title={t('language.title')} chosen={i18n.language} onChoose={(id) => void choose(id)}>
        {languages.map((language) => (
          <MenuItem key={language} id={language} textValue={ownName(language)}>
            <span lang={language} dir="auto">
              {ownName(language)}
            </span>
          </MenuItem>
        ))}
      </MenuChoice>
    </MenuButton>
  );
}
