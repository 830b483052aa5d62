import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ActProblem } from '../forms/act-problem';
import { textOf } from '../forms/form-errors';
import type { Problem } from '../forms/problem';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { SelectField } from '../ui/fields/select-field';
import { TextField } from '../ui/fields/text-field';
import type { FleetName, HealthRule } from './health-types';
import { ScopeFields, scopeOf } from './rule-scope';
import { isOfDisks, metricName, metricWord, metricWords, ruleMetrics } from './rule-metrics';

const NEW: HealthRule = {
  ...{ metric: 'cpu', label: null, comparison: 'above', threshold: 90, back: 80 },
  ...{ forSeconds: 600, severity: 'warning', scope: null, isEnabled: true },
};

const MINUTE = 60;

interface Props {
  /** One that there is, or null for a new one. */
  rule: HealthRule | null;
  fleets: readonly FleetName[];
  isPending: boolean;
  problem: Problem | null;
  onSave: (rule: HealthRule) => void;
  onRemove: (rule: HealthRule) => void;
  onClose: () => void;
}

/** One rule. Figures are typed in the unit that their metric is measured in, which stands beside them. */
export function RuleDialog({ rule, fleets, isPending, problem, onSave, onRemove, onClose }: Props) {
  const { t } = useTranslation();
  const shown = rule ?? NEW;
  const [word, setWord] = useState(metricWord(shown.metric) ?? 'cpu');
  const unit = t(`health.unit.${ruleMetrics[word]}`);
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    onSave({
      ...shown,
      metric: metricName(word),
      label: (isOfDisks(word) && textOf(form, 'label').trim()) || null,
      comparison: textOf(form, 'comparison') === 'below' ? 'below' : 'above',
      threshold: Number(textOf(form, 'threshold')),
      back: Number(textOf(form, 'back')),
      forSeconds: Math.round(Number(textOf(form, 'minutes')) * MINUTE),
      severity: textOf(form, 'severity') === 'critical' ? 'critical' : 'warning',
      scope: scopeOf(form),
    });
  };
  return (
    <Dialog
      title={t(rule ? 'health.editRule' : 'health.newRule')}
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
    >
      <form onSubmit={save} className="flex flex-col gap-4">
        <SelectField
          name="metric"
          label={t('health.column.what')}
          value={word}
          onChange={(chosen) => setWord(metricWords.find((known) => known === chosen) ?? 'cpu')}
          options={metricWords.map((value) => ({ value, text: t(`health.metric.${value}`) }))}
        />
        {isOfDisks(word) && (
          <TextField
            name="label"
            label={t('health.disk')}
            description={t('health.diskHelp')}
            defaultValue={shown.label ?? ''}
            maxLength={500}
            autoComplete="off"
          />
        )}
        <div className="grid grid-cols-2 gap-4">
          <SelectField
            name="comparison"
            label={t('health.comparison')}
            defaultValue={shown.comparison}
            options={(['above', 'below'] as const).map((value) => ({ value, text: t(`health.is.${value}`) }))}
          />
          <NumberField name="threshold" label={t('health.threshold', { unit })} value={shown.threshold} />
          <NumberField name="back" label={t('health.back', { unit })} value={shown.back} />
          <NumberField
            name="minutes"
            label={t('health.minutes')}
            value={shown.forSeconds / MINUTE}
            min={0}
            max={1440}
          />
        </div>
        <SelectField
          name="severity"
          label={t('health.column.severity')}
          defaultValue={shown.severity}
          options={(['warning', 'critical'] as const).map((value) => ({ value, text: t(`health.state.${value}`) }))}
        />
        <ScopeFields scope={shown.scope} fleets={fleets} />
        <ActProblem problem={isPending ? null : problem} />
        <div className="flex flex-wrap justify-end gap-2">
          {rule && (
            <Button shape="field" isPending={isPending} onPress={() => onRemove(rule)}>
              {t('health.remove')}
            </Button>
          )}
          <Button shape="field" onPress={onClose}>
            {t('act.cancel')}
          </Button>
          <Button type="submit" look="primary" shape="field" isPending={isPending}>
            {t('act.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function NumberField({ value, ...field }: { name: string; label: string; value: number; min?: number; max?: number }) {
  return <TextField {...field} type="number" step="any" inputMode="decimal" required defaultValue={value} />;
}
