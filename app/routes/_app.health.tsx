import type { LoaderFunctionArgs } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { reloadIfAnswered } from '../forms/keep-page';
import { ActProblem } from '../forms/act-problem';
import { useAct } from '../forms/use-act';
import type { HealthRule } from '../health/health-types';
import { RuleDialog } from '../health/rule-dialog';
import { RuleTable } from '../health/rule-table';
import type { PageHandle } from '../page-handle';
import { PageProblem } from '../page-problem';
import { usePermissionsEverywhere } from '../permissions';
import { Button } from '../ui/button';
import { EmptyState } from '../ui/empty-state';

export const handle: PageHandle = {
  title: (t) => t('health.rules'),
  within: { title: (t) => t('nav.configuration'), path: '/configuration' },
};

export async function loader({ context: { api } }: LoaderFunctionArgs) {
  const [list, { fleets }] = await Promise.all([api.health.rules(), api.fleets.names()]);
  return { ...list, fleets };
}

export const shouldRevalidate = reloadIfAnswered;

export default function HealthRulesPage() {
  const { t } = useTranslation();
  const { rules, etag, fleets } = useLoaderData<typeof loader>();
  const may = usePermissionsEverywhere().has('health.manage');
  const [edited, setEdited] = useState<HealthRule | 'new' | null>(null);
  const { submit, isPending, problem } = useAct('health.saveRules', {
    done: t('health.saved'),
    onDone: () => setEdited(null),
  });
  const inPlaceOf = (former: HealthRule, rule: HealthRule) =>
    submit({ etag, rules: rules.map((one) => (one.id === former.id ? rule : one)) });
  return (
    <div className="flex flex-col gap-6">
      <div className="flex max-w-3xl flex-col gap-1">
        <h1 className="text-20 font-semibold">{t('health.rules')}</h1>
        <p className="text-ink-2">{t('health.rulesText')}</p>
        <p className="text-ink-2">{t('health.scopeText')}</p>
      </div>
      {may && (
        <div>
          <Button onPress={() => setEdited('new')}>{t('health.add')}</Button>
        </div>
      )}
      {edited === null && !isPending && <ActProblem problem={problem} />}
      {rules.length > 0 ? (
        <RuleTable
          rules={rules}
          fleets={fleets}
          isPending={isPending}
          onEdit={may ? setEdited : undefined}
          onSwitch={(rule) => inPlaceOf(rule, { ...rule, isEnabled: !rule.isEnabled })}
        />
      ) : (
        <EmptyState title={t('health.noRules')} text={t('health.noRulesText')} />
      )}
      {edited !== null && (
        <RuleDialog
          rule={edited === 'new' ? null : edited}
          fleets={fleets}
          isPending={isPending}
          problem={problem}
          onSave={(rule) => (edited === 'new' ? submit({ etag, rules: [...rules, rule] }) : inPlaceOf(edited, rule))}
          onRemove={(rule) => submit({ etag, rules: rules.filter(({ id }) => id !== rule.id) })}
          onClose={() => setEdited(null)}
        />
      )}
    </div>
  );
}

export const ErrorBoundary = PageProblem;
