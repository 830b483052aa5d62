import { Form } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { platforms } from '../hosts/host-types';
import { Button } from '../ui/button';
import { SelectField } from '../ui/fields/select-field';
import { TextField } from '../ui/fields/text-field';
import { Section } from '../ui/section';

/** Whom to push to: the address of the page on which the job for them is made, which says to how many before. */
export function PushHosts() {
  const { t } = useTranslation();
  return (
    <Section title={t('configuration.pushHosts')}>
      <p className="max-w-3xl pb-4 text-13 text-ink-2">{t('configuration.pushHostsText')}</p>
      <Form action="/jobs/new" className="flex max-w-xl flex-col gap-4">
        <input type="hidden" name="matching" value="all" />
        <input type="hidden" name="act" value="pushConfiguration" />
        <SelectField
          name="platform"
          label={t('configuration.pushPlatform')}
          defaultValue=""
          options={[
            { value: '', text: t('platform.any') },
            ...platforms.map((value) => ({ value, text: t(`platform.${value}`) })),
          ]}
        />
        <TextField
          id="push-rule"
          name="filter"
          label={t('configuration.pushRule')}
          description={t('configuration.pushRuleHelp')}
          maxLength={2000}
          autoComplete="off"
          spellCheck={false}
        />
        <div>
          <Button type="submit" shape="field">
            {t('configuration.pushChosen')}
          </Button>
        </div>
      </Form>
    </Section>
  );
}
