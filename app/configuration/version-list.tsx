import { Form } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { usePermissions } from '../permissions';
import { Button } from '../ui/button';
import { RelativeTime } from '../ui/figures/relative-time';
import { ListPaging } from '../ui/list/list-paging';
import { Section } from '../ui/section';
import type { Layer, Version } from './configuration-types';
import { TextDiff } from './text-diff';

interface Props {
  layer: Layer;
  /** Of the page, whose action is `editLayer`. */
  action: string;
  /** Latest first. */
  versions: Version[];
  /** Where the earlier ones begin; null when there are none. */
  nextBefore: number | null;
}

/** Every document that the layer was, what each changed, and the way back to it. */
export function VersionList({ layer, action, versions, nextBefore }: Props) {
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
                <span className="font-medium">{t('configuration.version', { version: String(version.version) })}</span>{' '}
                <span className="wrap-anywhere">{version.message || t('configuration.noMessage')}</span>{' '}
                <span className="text-ink-2">
                  {version.author} · {version.at && <RelativeTime at={version.at} />}
                </span>
              </summary>
              <div className="flex flex-col gap-3 py-3">
                <TextDiff before={textBefore(i)} after={version.text} />
                {version.version !== layer.version && <RollBack layer={layer} version={version} action={action} />}
              </div>
            </details>
          </li>
        ))}
      </ol>
      <ListPaging nextCursor={nextBefore === null ? null : `${nextBefore}`} />
    </Section>
  );
}

/** Its text into the editor, which says how many hosts that changes before it is saved. */
function RollBack({ layer, version, action }: { layer: Layer; version: Version; action: string }) {
  const { t } = useTranslation();
  const may = usePermissions().has('configuration.write');
  if (!may) return null;
  return (
    <Form method="post" action={action}>
      <input type="hidden" name="text" value={version.text} />
      <input
        type="hidden"
        name="message"
        value={t('configuration.rolledBackTo', { version: String(version.version) })}
      />
      <input type="hidden" name="etag" value={layer.etag} />
      <Button type="submit">{t('configuration.rollBack', { version: String(version.version) })}</Button>
    </Form>
  );
}
