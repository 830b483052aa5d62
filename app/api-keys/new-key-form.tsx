import { Form, useNavigation } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import type { FormErrors } from '../forms/form-errors';
import { FormProblems } from '../forms/form-problems';
import { usePermissions } from '../permissions';
import { Button } from '../ui/button';
import { CheckboxGroup } from '../ui/fields/checkbox-group';
import { SelectField } from '../ui/fields/select-field';
import { TextField } from '../ui/fields/text-field';
import { useOnce } from '../forms/use-once';

export type KeyField = 'name' | 'permissions' | 'days';

const keyIds = { name: 'name', permissions: 'permissions', days: 'days' } as const;
export const keyWords = {
  name: 'apiKey.nameNeeded',
  permissions: 'apiKey.permissionsNeeded',
  days: 'errors.input.invalid',
} as const;

/** At most a year, and leap years have 366 days. */
const YEAR = 366;
const DAYS = [7, 30, 90, YEAR];

interface Props {
  /** What was sent and refused. */
  sent: { name: string; permissions: string[]; days: number } | undefined;
  errors: FormErrors<KeyField> | undefined;
}

/** A name, what it may do, and for how long. */
export function NewKeyForm({ sent, errors }: Props) {
  const { t } = useTranslation();
  const may = usePermissions();
  const isPending = useNavigation().state !== 'idle';
  const once = useOnce(isPending, errors);
  const word = (field: KeyField) => {
    const key = errors?.fields[field];
    return key && String(t(key));
  };
  return (
    <Form method="post" onSubmit={once} className="flex max-w-lg flex-col gap-4" noValidate>
      {errors && !isPending && <FormProblems errors={errors} ids={keyIds} />}
      <TextField
        id={keyIds.name}
        name="name"
        label={t('apiKey.name')}
        description={t('apiKey.nameHelp')}
        defaultValue={sent?.name ?? ''}
        maxLength={100}
        autoComplete="off"
        error={word('name')}
      />
      <CheckboxGroup
        name="permissions"
        label={t('apiKey.permissions')}
        options={[...may].map((one) => ({
          value: one,
          text: t(`permission.${one}`),
          isChosen: sent?.permissions.includes(one) ?? false,
        }))}
        error={word('permissions')}
      />
      <SelectField
        id={keyIds.days}
        name="days"
        label={t('apiKey.days')}
        defaultValue={String(sent?.days ?? 90)}
        options={DAYS.map((days) => ({
          value: String(days),
          text: days === YEAR ? t('apiKey.year') : t('apiKey.daysCount', { count: days }),
        }))}
      />
      <Button type="submit" look="primary" shape="field" isPending={isPending}>
        {t('apiKey.create')}
      </Button>
    </Form>
  );
}
