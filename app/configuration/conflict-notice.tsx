import { Link } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { useList } from '../ui/figures/use-list';
import { Notice } from '../ui/notice';
import { nameOfFleet } from './name-of-fleet';

interface Props {
  conflicts: readonly { key: string; layers: readonly string[] }[];
  /** Those whose names are known here. */
  fleets: readonly { id: string; name: string }[];
}

/** Fleets say different things of one key, and nobody has said which counts more. */
export function ConflictNotice({ conflicts, fleets }: Props) {
  const { t } = useTranslation();
  const list = useList();
  const namesOf = (layers: readonly string[]) =>
    list(layers.map((layer) => nameOfFleet(layer, fleets) ?? t('configuration.anotherFleet')));
  return (
    <div className="pb-4">
      <Notice title={t('configuration.disagree')}>
        <ul className="list-disc ps-5">
          {conflicts.map(({ key, layers }) => (
            <li key={`${key} ${layers.join()}`} className="wrap-anywhere">
              {t('configuration.disagreeOn', { key, fleets: namesOf(layers) })}
            </li>
          ))}
        </ul>
        <p>
          <Link to="/configuration#order" className="underline">
            {t('configuration.orderThem')}
          </Link>
        </p>
      </Notice>
    </div>
  );
}
