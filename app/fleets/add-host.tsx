import { useTranslation } from 'react-i18next';
import { ActProblem } from '../forms/act-problem';
import { useAct } from '../forms/use-act';
import { Button } from '../ui/button';
import { TextField } from '../ui/fields/text-field';
import { Section } from '../ui/section';
import { useCount } from '../ui/figures/use-count';
import type { Fleet } from './fleet-types';

/** Lists a host in a fleet by its name. */
export function AddHost({ fleet }: { fleet: Fleet }) {
  const { t } = useTranslation();
  const { Form, form, isPending, problem, answer } = useAct('fleets.putHostByName', {
    on: { fleetId: fleet.id },
    done: ({ fqdn }) => t('fleet.added', { host: fqdn, fleet: fleet.name }),
  });
  // The field is empty again when its host is listed.
  const added = useCount(answer);
  return (
    <Section title={t('fleet.add')}>
      <Form {...form} key={added} className="flex flex-col gap-3">
        <TextField
          name="fqdn"
          label={t('hosts.column.name')}
          description={t('fleet.addHelp')}
          autoComplete="off"
          spellCheck={false}
        />
        {!isPending && <ActProblem problem={problem} />}
        <div>
          <Button type="submit" isPending={isPending}>
            {t('fleet.add')}
          </Button>
        </div>
      </Form>
    </Section>
  );
}
