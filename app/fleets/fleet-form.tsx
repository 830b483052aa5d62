import { Form, useFetcher, useNavigation } from '@remix-run/react';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FormProblems } from '../forms/form-problems';
import { useFields } from '../forms/use-fields';
import { useOnce } from '../forms/use-once';
import type { loader as previewLoader } from '../routes/_app.fleets.preview';
import { FaultyRule } from '../rules/faulty-rule';
import { Button } from '../ui/button';
import { TextField } from '../ui/fields/text-field';
import { TextArea } from '../ui/fields/text-area';
import { useHydrated } from '../ui/use-hydrated';
import { TagField } from '../tags/tag-field';
import { fleetIds, type RefusedFleet, type TypedFleet } from './fleet-fields';
import { Preview } from './preview';

const BuildRule = lazy(() => import('../rules/build-rule'));

/** Long enough not to ask for every letter. */
const TYPING_PAUSE_MS = 400;

interface Props {
  /** Null for a new one. */
  fleetId: string | null;
  fleet: TypedFleet;
  refused: RefusedFleet | null | undefined;
  submit: string;
}

/** Name, description, tags and rule. While the rule is written it shows who would enter and who would leave. */
export function FleetForm({ fleetId, fleet, refused, submit }: Props) {
  const { t } = useTranslation();
  const { state, formMethod } = useNavigation();
  const isSaving = state !== 'idle' && formMethod === 'POST';
  const once = useOnce(isSaving, refused);
  const form = useRef<HTMLFormElement>(null);
  const isHydrated = useHydrated();
  const preview = useFetcher<typeof previewLoader>();
  const typed = refused?.typed ?? fleet;
  const field = useFields({ ids: fleetIds, typed, errors: refused?.errors });
  const tried = preview.data;
  const fault = tried
    ? tried.fault && { text: tried.rule, fault: tried.fault }
    : refused?.fault && { text: refused.typed.rule, fault: refused.fault };
  const [rule, setRule] = useState(typed.rule);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => () => clearTimeout(timer.current), []);
  const look = (written: string) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      setRule(written);
      preview.load(`/fleets/preview?${new URLSearchParams({ rule: written, ...(fleetId && { fleetId }) })}`);
    }, TYPING_PAUSE_MS);
  };
  const write = (text: string) => {
    form.current!.querySelector<HTMLTextAreaElement>('[name=rule]')!.value = text;
    look(text);
  };
  return (
    <Form ref={form} method="post" onSubmit={once} className="flex max-w-2xl flex-col gap-4" noValidate>
      {refused && !isSaving && <FormProblems errors={refused.errors} ids={fleetIds} />}
      <TextField {...field('name')} label={t('fleet.name')} maxLength={100} autoComplete="off" />
      <TextField {...field('description')} label={t('fleet.description')} maxLength={1000} autoComplete="off" />
      <TagField isList {...field('tags')} label={t('fleet.tags')} description={t('fleet.tagsHelp')} />
      <TextArea
        {...field('rule')}
        label={t('fleet.rule')}
        description={t('fleet.ruleHelp')}
        maxLength={2000}
        rows={3}
        dir="ltr"
        spellCheck={false}
        onInput={(event) => look(event.currentTarget.value)}
        error={fault ? <FaultyRule {...fault} /> : tried ? undefined : field('rule').error}
      />
      {/* As high before it is there: nothing below may move. */}
      <div className="min-h-8 pointer-coarse:min-h-10">
        {isHydrated && (
          <Suspense fallback={null}>
            <BuildRule text={rule} onText={write} />
          </Suspense>
        )}
      </div>
      {tried?.preview && <Preview preview={tried.preview} />}
      <div>
        <Button type="submit" look="primary" shape="field" isPending={isSaving}>
          {submit}
        </Button>
      </div>
    </Form>
  );
}
