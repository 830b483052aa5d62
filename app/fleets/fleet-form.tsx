import { Form, useFetcher, useNavigation } from '@remix-run/react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { textOf } from '../forms/form-errors';
import { FormProblems } from '../forms/form-problems';
import { useOnce } from '../forms/use-once';
import type { loader as previewLoader } from '../routes/_app.fleets.preview';
import { FaultyRule } from '../rules/faulty-rule';
import { Button } from '../ui/button';
import { TextField } from '../ui/fields/text-field';
import { TextArea } from '../ui/fields/text-area';
import { fleetIds, type FleetField, type RefusedFleet, type TypedFleet } from './fleet-fields';
import { Preview } from './preview';

interface Props {
  /** Null for a new one. */
  fleetId: string | null;
  fleet: TypedFleet;
  refused: RefusedFleet | null | undefined;
  submit: string;
}

/** Name, description and rule. Before the rule is saved it shows who would enter and who would leave. */
export function FleetForm({ fleetId, fleet, refused, submit }: Props) {
  const { t } = useTranslation();
  const { state, formMethod } = useNavigation();
  const isSaving = state !== 'idle' && formMethod === 'POST';
  const once = useOnce(isSaving, refused);
  const form = useRef<HTMLFormElement>(null);
  const preview = useFetcher<typeof previewLoader>();
  const typed = refused?.typed ?? fleet;
  const word = (field: FleetField) => {
    const key = refused?.errors.fields[field];
    return key && t(key);
  };
  const tried = preview.data;
  const fault = tried
    ? tried.fault && { text: tried.rule, fault: tried.fault }
    : refused?.fault && { text: refused.typed.rule, fault: refused.fault };
  const look = () => {
    const rule = textOf(new FormData(form.current!), 'rule');
    const search = new URLSearchParams({ rule, ...(fleetId && { fleetId }) });
    preview.load(`/fleets/preview?${search}`);
  };
  return (
    <Form ref={form} method="post" onSubmit={once} className="flex max-w-2xl flex-col gap-4" noValidate>
      {refused && !isSaving && <FormProblems errors={refused.errors} ids={fleetIds} />}
      <TextField
        id={fleetIds.name}
        name="name"
        label={t('fleet.name')}
        defaultValue={typed.name}
        maxLength={100}
        autoComplete="off"
        error={word('name')}
      />
      <TextField
        id={fleetIds.description}
        name="description"
        label={t('fleet.description')}
        defaultValue={typed.description}
        maxLength={1000}
        autoComplete="off"
        error={word('description')}
      />
      <TextArea
        id={fleetIds.rule}
        name="rule"
        label={t('fleet.rule')}
        description={t('fleet.ruleHelp')}
        defaultValue={typed.rule}
        maxLength={2000}
        rows={3}
        dir="ltr"
        spellCheck={false}
        error={fault ? <FaultyRule {...fault} /> : tried ? undefined : word('rule')}
      />
      {tried?.preview && <Preview preview={tried.preview} />}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" look="primary" shape="field" isPending={isSaving}>
          {submit}
        </Button>
        <Button shape="field" isPending={preview.state !== 'idle'} onPress={look}>
          {t('fleet.preview.show')}
        </Button>
      </div>
    </Form>
  );
}
