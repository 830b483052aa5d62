import { useRouteLoaderData } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import type { loader as rootLoader } from '../root';
import { SelectField } from '../ui/fields/select-field';
import { chooseTheme, themes, useTheme } from '../ui/frame/theme';

/** The same choice as in the top bar, with where it is kept. */
export function ThemeField() {
  const { t } = useTranslation();
  const root = useRouteLoaderData<typeof rootLoader>('root');
  const theme = useTheme(root?.theme ?? 'system');
  return (
    <div className="max-w-lg">
      <SelectField
        name="theme"
        label={t('profile.theme')}
        description={t('profile.themeHelp')}
        value={theme}
        options={themes.map((theme) => ({ value: theme, text: t(`theme.${theme}`) }))}
        onChange={(value) => chooseTheme(themes.find((theme) => theme === value) ?? 'system')}
      />
    </div>
  );
}
