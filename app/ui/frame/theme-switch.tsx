import { useTranslation } from 'react-i18next';
import { DarkIcon, LightIcon, SystemIcon } from '../icons';
import { MenuButton, MenuChoice, MenuItem } from '../menu';
import { chooseTheme, themes, useTheme, type Theme } from './theme';

const ICONS = { system: SystemIcon, light: LightIcon, dark: DarkIcon };

export function ThemeSwitch({ theme }: { theme: Theme }) {
  const { t } = useTranslation();
  const chosen = useTheme(theme);
  const Icon = ICONS[chosen];

  function choose(id: string) {
    const next = themes.find((one) => one === id);
    if (next) chooseTheme(next);
  }

  return (
    <MenuButton shape="icon" label={t('theme.name', { theme: t(`theme.${chosen}`) })} face={<Icon />}>
      <MenuChoice title={t('theme.title')} chosen={chosen} onChoose={choose}>
        {themes.map((one) => (
          <MenuItem key={one} id={one}>
            {t(`theme.${one}`)}
          </MenuItem>
        ))}
      </MenuChoice>
    </MenuButton>
  );
}
