import { useTranslation } from 'react-i18next';

/** Addresses of a layer at which the server does not show a certificate for them. It is saved all the same. */
export function UnvouchedNotice({ addresses }: { addresses: readonly string[] }) {
  const { t } = useTranslation();
  if (addresses.length === 0) return null;
  return (
    <div
      role="status"
      className="flex flex-col gap-1 rounded-4 border-s-4 border-pending-edge bg-pending-tint px-3 py-2 text-13"
    >
      <p className="font-medium text-pending">{t('configuration.unvouched', { count: addresses.length })}</p>
      <ul className="list-disc ps-5">
        {addresses.map((address) => (
          <li key={address} className="mono wrap-anywhere">
            {address}
          </li>
        ))}
      </ul>
      <p>{t('configuration.unvouchedText')}</p>
    </div>
  );
}
