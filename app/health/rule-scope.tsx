import { Link } from '@remix-run/react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { textOf } from '../forms/form-errors';
import { TagField } from '../tags/tag-field';
import { SelectField } from '../ui/fields/select-field';
import type { FleetName, HealthRule } from './health-types';

type Scope = HealthRule['scope'];

/** Which hosts a rule is about, with the way to them. */
export function RuleScope({ scope, fleets }: { scope: Scope; fleets: readonly FleetName[] }) {
  const { t } = useTranslation();
  if (!scope) return <span className="text-ink-2">{t('health.scope.all')}</span>;
  if ('tag' in scope) {
    const search = new URLSearchParams({ filter: `tags has ${JSON.stringify(scope.tag)}` }).toString();
    return (
      <Link to={`/hosts?${search}`} className="underline">
        {t('health.scope.tagged', { tag: scope.tag })}
      </Link>
    );
  }
  const fleet = fleets.find(({ id }) => id === scope.fleet);
  if (!fleet) return <span className="text-ink-2">{t('health.scope.goneFleet')}</span>;
  return (
    <Link to={`/fleets/${fleet.id}`} className="underline">
      {t('health.scope.fleet', { name: fleet.name })}
    </Link>
  );
}

const [ALL, TAG] = ['', 'tag'];

/** The same, to be chosen. `scopeOf` reads what was. */
export function ScopeFields({ scope, fleets }: { scope: Scope; fleets: readonly FleetName[] }) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState(!scope ? ALL : 'tag' in scope ? TAG : scope.fleet);
  const isKnown = chosen === ALL || chosen === TAG || fleets.some(({ id }) => id === chosen);
  return (
    <>
      <SelectField
        name="scope"
        label={t('health.scope.label')}
        value={chosen}
        onChange={setChosen}
        options={[
          { value: ALL, text: t('health.scope.all') },
          { value: TAG, text: t('health.scope.tag') },
          ...fleets.map(({ id, name }) => ({ value: id, text: t('health.scope.fleet', { name }) })),
          ...(isKnown ? [] : [{ value: chosen, text: t('health.scope.goneFleet') }]),
        ]}
      />
      {chosen === TAG && (
        <TagField
          name="tag"
          label={t('health.scope.tagLabel')}
          description={t('health.scope.tagHelp')}
          defaultValue={scope && 'tag' in scope ? scope.tag : ''}
          maxLength={100}
          required
        />
      )}
    </>
  );
}

export function scopeOf(form: FormData): Scope {
  const chosen = textOf(form, 'scope');
  if (chosen === ALL) return null;
  return chosen === TAG ? { tag: textOf(form, 'tag').trim() } : { fleet: chosen };
}
