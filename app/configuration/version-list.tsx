import { useTranslation } from 'react-i18next';
import { ActProblem } from '../forms/act-problem';
import { useAct } from '../forms/use-act';
import { usePermissions } from '../permissions';
import { Button } from '../ui/button';
import { RelativeTime } from '../ui/figures/relative-time';
import { Section } from '../ui/section';
import type { Layer, Version } from './configuration-types';
import { lineDiff } from './line-diff';

interface Props {
  layer: Layer;
  /** Latest first. */
  versions: Version[];
  /** Of a host's layer. */
  hostId?: string;
}

/** Every document that the layer was, what each changed, and the way back to it. */
export function VersionList({ layer, versions, hostId }: Props) {
  const { t } = useTranslation();
  if (versions.length === 0) return null;
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
                <TextDiff before={versions[i + 1]?.text ?? ''} after={version.text} />
                {version.version !== layer.version && (
                  <RollBack layer={layer} version={version} {...(hostId !== undefined && { hostId })} />
                )}
              </div>
            </details>
          </li>
        ))}
      </ol>
    </Section>
  );
}

const LOOKS = { '+': 'bg-up-tint text-up', '-': 'bg-down-tint text-down', ' ': 'text-ink-2' };

function TextDiff({ before, after }: { before: string; after: string }) {
  return (
    <pre className="mono overflow-x-auto rounded-4 bg-sunken p-3 text-12">
      {lineDiff(before, after).map(({ sign, line }, i) => (
        <span key={i} className={`block ${LOOKS[sign]}`}>
          {sign} {line}
        </span>
      ))}
    </pre>
  );
}

function RollBack({ layer, version, hostId }: { layer: Layer; version: Version; hostId?: string }) {
  const { t } = useTranslation();
  const may = usePermissions().has('configuration.write');
  const back = {
    document: version.text,
    etag: layer.etag,
    message: t('configuration.rolledBackTo', { version: version.version }),
  };
  const done = t('configuration.saved', { version: layer.version + 1 });
  const ofAll = useAct('configuration.saveGlobal', { done });
  const ofHost = useAct('configuration.saveHost', { on: { hostId: hostId ?? '' }, done });
  const { isPending, problem } = hostId === undefined ? ofAll : ofHost;
  if (!may) return null;
  return (
    <div className="flex flex-col items-start gap-2">
      <Button isPending={isPending} onPress={() => (hostId === undefined ? ofAll.submit(back) : ofHost.submit(back))}>
        {t('configuration.rollBack', { version: version.version })}
      </Button>
      {!isPending && <ActProblem problem={problem} />}
    </div>
  );
}
