import { useTranslation } from 'react-i18next';
import { ActProblem } from '../forms/act-problem';
import { useAct } from '../forms/use-act';
import { usePermissions } from '../permissions';
import { Button } from '../ui/button';
import { RelativeTime } from '../ui/figures/relative-time';
import { ListPaging } from '../ui/list/list-paging';
import { Section } from '../ui/section';
import type { Layer, LayerOf, Version } from './configuration-types';
import { TextDiff } from './text-diff';

interface Props {
  of: LayerOf;
  layer: Layer;
  /** Latest first. */
  versions: Version[];
  /** Where the earlier ones begin; null when there are none. */
  nextBefore: number | null;
}

/** Every document that the layer was, what each changed, and the way back to it. */
export function VersionList({ of, layer, versions, nextBefore }: Props) {
  const { t } = useTranslation();
  if (versions.length === 0) return null;
  const textBefore = (i: number) => versions[i + 1]?.text ?? (nextBefore === null ? '' : undefined);
  return (
    <Section title={t('configuration.versions')}>
      <ol className="flex flex-col">
        {versions.map((version, i) => (
          <li key={version.version} className="border-b border-line py-2 text-13">
            <details>
              <summary className="cursor-pointer">
                <span className="font-medium">{t('configuration.version', { version: version.version })}</span>{' '}
                <span className="wrap-anywhere">{version.message || t('configuration.noMessage')}</span>{' '}
                <span className="text-ink-2">
                  {version.author} · {version.at && <RelativeTime at={version.at} />}
                </span>
              </summary>
              <div className="flex flex-col gap-3 py-3">
                <TextDiff before={textBefore(i)} after={version.text} />
                {version.version !== layer.version && <RollBack of={of} layer={layer} version={version} />}
              </div>
            </details>
          </li>
        ))}
      </ol>
      <ListPaging nextCursor={nextBefore === null ? null : `${nextBefore}`} />
    </Section>
  );
}

function RollBack({ of, layer, version }: { of: LayerOf; layer: Layer; version: Version }) {
  const { t } = useTranslation();
  const may = usePermissions().has('configuration.write');
  const path =
    of === 'all' ? 'configuration.saveGlobal' : 'hostId' in of ? 'configuration.saveHost' : 'configuration.saveFleet';
  const { submit, isPending, problem } = useAct<typeof path>(path, {
    on: of === 'all' ? {} : of,
    done: t('configuration.saved', { version: layer.version + 1 }),
  });
  if (!may) return null;
  const back = {
    document: version.text,
    etag: layer.etag,
    message: t('configuration.rolledBackTo', { version: version.version }),
  };
  return (
    <div className="flex flex-col items-start gap-2">
      <Button isPending={isPending} onPress={() => submit(back)}>
        {t('configuration.rollBack', { version: version.version })}
      </Button>
      {!isPending && <ActProblem problem={problem} />}
    </div>
  );
}
