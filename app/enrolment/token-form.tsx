import { Form, useNavigation } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import type { FormErrors } from '../forms/form-errors';
import { FleetField } from '../fleets/fleet-field';
import type { FleetNames } from '../fleets/fleet-types';
import { FormProblems } from '../forms/form-problems';
import { Button } from '../ui/button';
import { CheckboxField } from '../ui/fields/checkbox-field';
import { SelectField } from '../ui/fields/select-field';
import { TextField } from '../ui/fields/text-field';
import { useFields } from '../forms/use-fields';
import { useOnce } from '../forms/use-once';
import { TagField } from '../tags/tag-field';
import { lifetimes, type Field, type Typed } from './read-token-form';

interface Props {
  /** Where machines find the server, as far as the page can tell. */
  address: string;
  /** Those that its hosts may be listed in; none for who may list none. */
  /** Null for who may list no host in one. */
  fleets: FleetNames | null;
  /** The last try, when it was refused. */
  refused: { typed: Typed; errors: FormErrors<Field> } | null;
}

const ids: Record<Field, string> = {
  name: 'token-name',
  servers: 'token-servers',
  expiresInHours: 'token-expires',
  maxUses: 'token-uses',
  tags: 'token-tags',
  fleetId: 'token-fleet',
  autoApprove: 'token-approve',
};

const NEW: Omit<Typed, 'servers'> = {
  ...{ name: '', expiresInHours: '24', maxUses: '1', tags: '', fleetId: '', autoApprove: '' },
};

/** What a new token is good for. */
export function TokenForm({ address, fleets, refused }: Props) {
  const { t } = useTranslation();
  const isPending = useNavigation().formAction?.startsWith('/enrolment') ?? false;
  const once = useOnce(isPending, refused);
  const typed = refused?.typed ?? { ...NEW, servers: address };
  const field = useFields({ ids, typed, errors: refused?.errors });
  return (
    <Form method="post" onSubmit={once} className="flex max-w-xl flex-col gap-4" noValidate>
      {refused && !isPending && <FormProblems errors={refused.errors} ids={ids} />}
      <TextField
        {...field('name')}
        label={t('enrolment.name')}
        description={t('enrolment.nameHelp')}
        autoComplete="off"
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <SelectField
          id={ids.expiresInHours}
          name="expiresInHours"
          label={t('enrolment.expires')}
          defaultValue={typed.expiresInHours}
          options={lifetimes.map((hours) => ({ value: hours, text: t(`enrolment.lifetime.${hours}`) }))}
        />
        <TextField
          {...field('maxUses')}
          inputMode="numeric"
          label={t('enrolment.uses')}
          description={t('enrolment.usesHelp')}
          autoComplete="off"
        />
      </div>
      <TagField isList isOfWords {...field('tags')} label={t('enrolment.tags')} description={t('enrolment.tagsHelp')} />
      {fleets && fleets.fleets.length > 0 && (
        <FleetField
          id={ids.fleetId}
          name="fleetId"
          label={t('enrolment.fleet')}
          description={t('enrolment.fleetHelp')}
          names={fleets}
          none={t('enrolment.noFleet')}
          defaultValue={typed.fleetId}
        />
      )}
      <TextField
        {...field('servers')}
        label={t('enrolment.servers')}
        description={t('enrolment.serversHelp')}
        autoComplete="off"
      />
      <CheckboxField
        name="autoApprove"
        label={t('enrolment.autoApprove')}
        description={t('enrolment.autoApproveMeans')}
        defaultChecked={typed.autoApprove === 'on'}
      />
      <div>
        <Button type="submit" look="primary" shape="field" isPending={isPending}>
          {t('enrolment.create')}
        </Button>
      </div>
    </Form>
  );
}
