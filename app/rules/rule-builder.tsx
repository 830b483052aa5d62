import { useFetcher } from '@remix-run/react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { loader } from '../routes/_app.rules.read';
import { Button } from '../ui/button';
import { SelectField } from '../ui/fields/select-field';
import { TextField } from '../ui/fields/text-field';
import { TagField } from '../tags/tag-field';
import {
  type ClickedRule,
  clickedRule,
  type Comparison,
  type Group,
  newComparison,
  newGroup,
  type RuleField,
  textOfRule,
  withPart,
} from './clicked-rule';

interface Props {
  /** The rule as it is written now. */
  text: string;
  /** Called with the text of what was clicked. */
  onText: (text: string) => void;
}

/**
 * A rule in parts, to be put together by clicking. The text is the rule: what is clicked is written into it, and what
 * is typed there is read anew.
 */
export function RuleBuilder({ text, onText }: Props) {
  const { t } = useTranslation();
  const { load, data } = useFetcher<typeof loader>();
  const [memory, setMemory] = useState<{ data: typeof data; rule: Group } | null>(null);
  const written = useRef<string>();
  useEffect(() => {
    if (text !== written.current) load(`/rules/read?${new URLSearchParams({ rule: text })}`);
  }, [text, load]);

  let now = memory;
  if (data?.read && memory?.data !== data) {
    now = { data, rule: clickedRule(data.read.rule) };
    setMemory(now);
  }
  if (!data) return null;
  if (!data.read || !now) return <p className="text-13 text-ink-2">{t('rules.build.faulty')}</p>;
  const { fields } = data.read;
  const { rule } = now;
  const change = (next: Group) => {
    setMemory({ data, rule: next });
    const kinds = new Map(fields.map(({ name, kind }) => [name, kind]));
    written.current = textOfRule(next, (field) => kinds.get(field)!);
    onText(written.current);
  };
  return (
    <GroupEditor
      group={rule}
      fields={fields}
      label={t('rules.build.title')}
      onChange={(part, id) => change(withPart(rule, id, part))}
    />
  );
}

interface PartProps {
  fields: readonly RuleField[];
  /** @param part what stands in its place from now on; null takes it out */
  onChange: (part: ClickedRule | null, id: number) => void;
}

const WAYS = ['all', 'any', 'not all', 'not any'] as const;

function GroupEditor({ group, fields, label, onChange }: PartProps & { group: Group; label: string }) {
  const { t } = useTranslation();
  const set = (changes: Partial<Group>) => onChange({ ...group, ...changes }, group.id);
  return (
    <fieldset className="flex min-w-0 flex-col gap-3 border-s-2 border-line ps-3">
      <legend className="sr-only">{label}</legend>
      <SelectField
        label={t('rules.build.holds')}
        options={WAYS.map((way) => ({ value: way, text: t(`rules.build.way.${way}`) }))}
        value={`${group.isNot ? 'not ' : ''}${group.kind}`}
        onChange={(way) => set({ isNot: way.startsWith('not '), kind: way.endsWith('all') ? 'all' : 'any' })}
      />
      {group.of.map((part) =>
        part.kind === 'is' ? (
          <ComparisonEditor key={part.id} comparison={part} fields={fields} onChange={onChange} />
        ) : (
          <GroupEditor key={part.id} group={part} fields={fields} label={t('rules.build.group')} onChange={onChange} />
        ),
      )}
      <div className="flex flex-wrap gap-2">
        <Button onPress={() => set({ of: [...group.of, newComparison(fields[0]!)] })}>{t('rules.build.add')}</Button>
        <Button onPress={() => set({ of: [...group.of, newGroup([newComparison(fields[0]!)])] })}>
          {t('rules.build.addGroup')}
        </Button>
      </div>
    </fieldset>
  );
}

function ComparisonEditor({ comparison, fields, onChange }: PartProps & { comparison: Comparison }) {
  const { t } = useTranslation();
  const { id, field, operator, isNot, value, version } = comparison;
  const { kind, choices, operators, versions } = fields.find(({ name }) => name === field)!;
  const set = (changes: Partial<Comparison>) => onChange({ ...comparison, ...changes }, id);
  const label = `${field} ${operator}`;
  return (
    <div role="group" aria-label={label} className="flex flex-wrap items-end gap-2">
      <SelectField
        label={t('rules.build.field')}
        options={fields.map(({ name }) => ({ value: name, text: name }))}
        value={field}
        onChange={(name) => {
          const other = fields.find((one) => one.name === name)!;
          onChange({ ...newComparison(other), id }, id);
        }}
      />
      <SelectField
        label={t('rules.build.operator')}
        options={operators.flatMap((one) => [
          { value: one, text: one },
          { value: `not ${one}`, text: t('rules.build.not', { operator: one }) },
        ])}
        value={`${isNot ? 'not ' : ''}${operator}`}
        onChange={(chosen) => {
          const next = operators.find((one) => one === chosen.replace(/^not /, ''))!;
          // Between one value and a list of them nothing can be kept but its text.
          const kept = (next === 'in') === (operator === 'in') ? value : next === 'in' ? JSON.stringify(value) : '';
          set({ isNot: chosen.startsWith('not '), operator: next, value: kept || (choices[0] ?? '') });
        }}
      />
      {choices.length > 0 && operator !== 'in' ? (
        <SelectField
          label={t('rules.build.value')}
          options={choices.map((one) => ({ value: one, text: one }))}
          value={value}
          onChange={(chosen) => set({ value: chosen })}
        />
      ) : kind === 'tags' ? (
        <TagField
          key={field}
          label={t('rules.build.value')}
          defaultValue={value}
          dir="ltr"
          onText={(written) => set({ value: written })}
        />
      ) : (
        <TextField
          key={`${field} ${operator === 'in'}`}
          label={t('rules.build.value')}
          description={operator === 'in' ? t('rules.build.several') : undefined}
          defaultValue={value}
          autoComplete="off"
          spellCheck={false}
          dir="ltr"
          onInput={(event) => set({ value: event.currentTarget.value })}
        />
      )}
      {versions.length > 0 && (
        <>
          <SelectField
            label={t('rules.build.version')}
            options={[
              { value: '', text: t('rules.build.anyVersion') },
              ...versions.map((one) => ({ value: one, text: one })),
            ]}
            value={version?.operator ?? ''}
            onChange={(chosen) => {
              const next = versions.find((one) => one === chosen);
              set({ version: next && { operator: next, value: version?.value ?? '' } });
            }}
          />
          {version && (
            <TextField
              label={t('rules.build.comparedWith')}
              defaultValue={version.value}
              autoComplete="off"
              spellCheck={false}
              dir="ltr"
              onInput={(event) => set({ version: { ...version, value: event.currentTarget.value } })}
            />
          )}
        </>
      )}
      <Button
        look="plain"
        shape="field"
        aria-label={t('rules.build.removeOf', { comparison: label })}
        onPress={() => onChange(null, id)}
      >
        {t('rules.build.remove')}
      </Button>
    </div>
  );
}
