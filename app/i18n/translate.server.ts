import { createInstance, type i18n, type Resource, type ResourceLanguage } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { machineWords } from '../../words/machine-words';
import { i18nOptions } from './languages';

// Bundled, so that the server answers without reading a file and an unreadable one fails the build.
const files = import.meta.glob<ResourceLanguage>('../../public/locales/*/translation.json', {
  eager: true,
  import: 'default',
});

const agents = import.meta.glob<Record<string, string>>('../../words/*.json', { eager: true, import: 'default' });

const resources: Resource = Object.fromEntries(
  Object.entries(files).map(([path, translation]) => {
    const folder = path.split('/').at(-2)!;
    const ofAgents = machineWords(agents[`../../words/${folder}.json`]!);
    return [folder.replace('_', '-'), { translation: { ...translation, ...ofAgents } }];
  }),
);

/** An instance per request: two people with two languages render at the same time. */
export async function translator(language: string): Promise<i18n> {
  const instance = createInstance();
  await instance.use(initReactI18next).init({ ...i18nOptions, lng: language, resources });
  return instance;
}
