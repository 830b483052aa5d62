import { Form, useNavigation } from '@remix-run/react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FormProblems } from '../../forms/form-problems';
import { FleetField } from '../../fleets/fleet-field';
import type { FleetNames } from '../../fleets/fleet-types';
import { useOnce } from '../../forms/use-once';
import { platforms } from '../../hosts/host-types';
import { Button } from '../../ui/button';
import { SelectField } from '../../ui/fields/select-field';
import { TextField } from '../../ui/fields/text-field';
import { useCount } from '../../ui/figures/use-count';
import { Section } from '../../ui/section';
import type { CommandKind, CommandPreview } from '../command-types';
import type { FormField } from './form-fields';
import { ParameterField } from './parameter-field';
import { PreviewPanel } from './preview-panel';
import { type RunFormErrors, idOf, wordsOf } from './run-form-errors';
import { lifetimes, matchingIn, targetWays, type Typed, typedCount } from './read-run-form';
import { emptiedIn, SECRETS_TYPED } from './typed-secrets';

/** What came of the last try. */
export interface RunAnswer {
  typed: Typed;
  preview: CommandPreview | null;
  errors: RunFormErrors | null;
}

interface Props {
  kind: CommandKind;
  /** Of the saved command that it is. */
  savedVersion?: number | undefined;
  fields: FormField[];
  /** Those there are to choose from. */
  fleets: FleetNames;
  /** Before anything was tried. */
  start: Typed;
  answer: RunAnswer | undefined;
}

/** What is to be run, where, and for how long; then to how many that would go, before it does. */
export function RunForm({ kind, savedVersion, fields, fleets, start, answer }: Props) {
  const { t } = useTranslation();
  const isPending = useNavigation().formMethod === 'POST';
  const once = useOnce(isPending, answer);
  const answers = useCount(answer);
  // A preview is of what was sent: whatever is typed after that makes it the preview of something else.
  const [edits, setEdits] = useState(0);
  const [sent, setSent] = useState(0);
  const isStale = edits !== sent;
  const typed = answer?.typed ?? start;
  const [on, setOn] = useState(typed.on ?? 'all');
  const errors = answer?.errors ?? null;
  const word = (name: string) => {
    const key = errors?.fields[name];
    return key && t(key);
  };
  // Only as it was made: fields that are there already keep what was typed into them.
  const [emptied] = useState(() => emptiedIn(fields, typed));
  const chosen = typed.hostIds?.split(/[\s,]+/).filter(Boolean).length ?? 0;
  const isWay = {
    ...{ hostIds: chosen > 0, fleetId: fleets.fleets.length > 0 },
    ...{ matching: typed.matching !== undefined, runsOf: typed.runsOf !== undefined },
  };
  const ids = Object.fromEntries(Object.keys(wordsOf(fields)).map((name) => [name, idOf(name)]));
  return (
    <Form
      method="post"
      onSubmit={(event) => once(event) && setSent(edits)}
      onInput={({ target }) => (target as HTMLInputElement).name !== typedCount && setEdits(edits + 1)}
      noValidate
      className="grid max-w-4xl gap-8 md:grid-cols-2 *:min-w-0"
    >
      <div className="flex flex-col gap-4">
        {/* The address of one that is run again does not say it. */}
        <input type="hidden" name="kind" value={kind} />
        {savedVersion !== undefined && <input type="hidden" name="savedCommandVersion" value={savedVersion} />}
        {errors && !isPending && <FormProblems errors={errors} ids={ids} />}
        <Section title={t('command.what')}>
          <div className="flex flex-col gap-4">
            {fields.map((field) => (
              <ParameterField
                key={`${kind} ${field.name}`}
                field={field}
                typed={typed}
                emptied={emptied}
                error={word}
              />
            ))}
            {fields.length === 0 && <p className="text-ink-2">{t(`command.kind.${kind}`)}</p>}
          </div>
        </Section>
        <Section title={t('command.where')}>
          <div className="flex flex-col gap-4">
            <SelectField
              id={idOf('on')}
              name="on"
              label={t('command.on')}
              options={targetWays
                .filter((way) => !(way in isWay) || isWay[way as keyof typeof isWay])
                .map((way) => ({ value: way, text: t(`command.targets.${way}`) }))}
              value={on}
              onChange={setOn}
            />
            {on === 'platform' && (
              <SelectField
                id={idOf('platform')}
                name="platform"
                label={t('command.platform')}
                defaultValue={typed.platform ?? 'linux'}
                options={platforms.map((value) => ({ value, text: t(`platform.${value}`) }))}
              />
            )}
            {on === 'fleetId' && (
              <FleetField
                id={idOf('fleetId')}
                name="fleetId"
                label={t('command.fleet')}
                names={fleets}
                defaultValue={typed.fleetId}
              />
            )}
            {on === 'rule' && (
              <TextField
                id={idOf('rule')}
                name="rule"
                label={t('command.rule')}
                description={t('command.ruleHelp')}
                defaultValue={typed.rule ?? ''}
                autoComplete="off"
                spellCheck={false}
                error={word('rule')}
              />
            )}
            {on === 'filter' && (
              <TextField
                id={idOf('search')}
                name="search"
                label={t('command.search')}
                defaultValue={typed.search ?? ''}
                autoComplete="off"
                error={word('search')}
              />
            )}
            {typed.hostIds && <input type="hidden" name="hostIds" value={typed.hostIds} />}
            {typed.matching && <input type="hidden" name="matching" value={typed.matching} />}
            {on === 'matching' && <Matching search={typed.matching ?? ''} />}
            {on === 'hostIds' && <p className="text-13 text-ink-2">{t('command.chosen', { count: chosen })}</p>}
            {(['runsOf', 'runsIn', 'runsCount', SECRETS_TYPED] as const).map(
              (name) => typed[name] && <input key={name} type="hidden" name={name} value={typed[name]} />,
            )}
            {on === 'runsOf' && (
              <p className="text-13 text-ink-2">{t('command.chosen', { count: Number(typed.runsCount ?? 0) })}</p>
            )}
          </div>
        </Section>
        <Section title={t('command.how')}>
          <div className="grid gap-4 sm:grid-cols-2 *:min-w-0">
            <TextField
              id={idOf('timeoutSeconds')}
              name="timeoutSeconds"
              inputMode="numeric"
              label={t('command.timeout')}
              description={t('command.timeoutHelp')}
              defaultValue={typed.timeoutSeconds ?? '3600'}
              autoComplete="off"
              error={word('timeoutSeconds')}
            />
            <SelectField
              id={idOf('expiresInHours')}
              name="expiresInHours"
              label={t('command.expires')}
              defaultValue={typed.expiresInHours ?? '24'}
              options={lifetimes.map((hours) => ({ value: hours, text: t(`command.lifetime.${hours}`) }))}
            />
          </div>
        </Section>
        <div>
          <Button
            type="submit"
            name="intent"
            value="preview"
            look={answer?.preview && !isStale ? 'quiet' : 'primary'}
            shape="field"
          >
            {t('command.preview')}
          </Button>
        </div>
      </div>
      {answer?.preview && isStale && (
        <p role="status" className="text-13 text-ink-2">
          {t('command.previewStale')}
        </p>
      )}
      {answer?.preview && !isStale && (
        <PreviewPanel key={answers} preview={answer.preview} isPending={isPending} error={word(typedCount)} />
      )}
    </Form>
  );
}

/** Which hosts the list let through, as its address says it. */
function Matching({ search }: { search: string }) {
  const { t } = useTranslation();
  const filters = Object.entries(matchingIn(search)).filter(([, value]) => value !== undefined);
  if (filters.length === 0) return <p className="text-13 text-ink-2">{t('command.matchingAll')}</p>;
  return (
    <div className="flex flex-col gap-1 text-13 text-ink-2">
      <p>{t('command.matching')}</p>
      <ul>
        {filters.map(([name, value]) => (
          <li key={name}>
            <code className="wrap-anywhere">{`${name}: ${value}`}</code>
          </li>
        ))}
      </ul>
    </div>
  );
}
