import { Form, useNavigation } from '@remix-run/react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FleetField } from '../fleets/fleet-field';
import type { FleetNames } from '../fleets/fleet-types';
import type { FormErrors } from '../forms/form-errors';
import { FormProblems } from '../forms/form-problems';
import { useOnce } from '../forms/use-once';
import { usePermissions } from '../permissions';
import { TagField } from '../tags/tag-field';
import { Button } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { SelectField } from '../ui/fields/select-field';
import { type ActName, isAboutFleet, isAboutTags, JOB_PERMISSIONS } from './job-types';

export type JobField = 'tags';
export interface RefusedJob {
  act: ActName;
  tags: string;
  errors: FormErrors<JobField>;
}

interface Props {
  fleets: FleetNames;
  refused: RefusedJob | null | undefined;
  /** What is chosen at first, if it is theirs to do. */
  wanted: string | null;
  /** The hosts that it is for, where the address does not say. */
  left: { hostIds: string[] } | null;
}

/** What is to be done to the chosen hosts. Nothing is done before its next page has said to how many. */
export function JobForm({ fleets, refused, wanted, left }: Props) {
  const { t } = useTranslation();
  const may = usePermissions();
  const acts = (Object.keys(JOB_PERMISSIONS) as ActName[]).filter(
    (act) => may.has(JOB_PERMISSIONS[act]) && !(isAboutFleet(act) && fleets.fleets.length === 0),
  );
  const [act, setAct] = useState(refused?.act ?? acts.find((act) => act === wanted) ?? acts[0]);
  const { state, formMethod } = useNavigation();
  const isSending = state !== 'idle' && formMethod === 'POST';
  const once = useOnce(isSending, refused);
  if (!act) return <EmptyState title={t('job.mayNothing')} text={t('job.mayNothingText')} />;
  return (
    <Form method="post" state={left} onSubmit={once} className="flex max-w-xl flex-col gap-4" noValidate>
      {left?.hostIds.map((id) => (
        <input key={id} type="hidden" name="host" value={id} />
      ))}
      {refused && !isSending && <FormProblems errors={refused.errors} ids={{ tags: 'tags' }} />}
      <SelectField
        name="act"
        label={t('job.what')}
        description={t(`job.will.${act}`)}
        options={acts.map((value) => ({ value, text: t(`job.act.${value}`) }))}
        value={act}
        onChange={(chosen) => setAct(chosen as ActName)}
      />
      {isAboutTags(act) && (
        <TagField
          isList
          id="tags"
          name="tags"
          label={t('job.tags')}
          description={t('job.tagsHelp')}
          defaultValue={refused?.tags}
          error={refused?.errors.fields.tags && t(refused.errors.fields.tags)}
        />
      )}
      {isAboutFleet(act) && <FleetField name="fleetId" label={t('job.fleet')} names={fleets} />}
      <div>
        <Button type="submit" look="primary" shape="field" isPending={isSending}>
          {t('job.look')}
        </Button>
      </div>
    </Form>
  );
}
