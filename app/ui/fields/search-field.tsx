import { Form, useLocation, useNavigate, useSearchParams } from '@remix-run/react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../button';
import { FilterInput } from '../list/filter-input';
import { SearchIcon } from '../icons';

/** Long enough not to ask for every letter, short enough to seem immediate. */
const TYPING_PAUSE_MS = 250;

interface Props {
  label: string;
  maxLength: number;
  /** The address of the list with these words searched for. */
  link: (search: string) => string;
}

/** Filters a list while one types, and by itself as a plain form before the script is there. */
export function SearchField({ label, maxLength, link }: Props) {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const timer = useRef<ReturnType<typeof setTimeout>>();
  const search = params.get('search') ?? '';
  useEffect(() => () => clearTimeout(timer.current), []);

  const go = (value: string) => {
    clearTimeout(timer.current);
    navigate(link(value), { replace: true, preventScrollReset: true });
  };
  const kept = [...params].filter(([name]) => name !== 'search' && name !== 'cursor');
  return (
    <Form
      role="search"
      action={pathname}
      className="relative min-w-0 grow sm:max-w-80"
      onSubmit={(event) => {
        event.preventDefault();
        const typed = new FormData(event.currentTarget).get('search');
        go(typeof typed === 'string' ? typed : '');
      }}
    >
      {kept.map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <span className="pointer-events-none absolute inset-y-0 start-2.5 grid place-items-center text-ink-3">
        <SearchIcon />
      </span>
      <FilterInput
        type="search"
        name="search"
        data-filter=""
        value={search}
        aria-label={label}
        placeholder={label}
        maxLength={maxLength}
        onChange={({ target }) => {
          clearTimeout(timer.current);
          timer.current = setTimeout(() => go(target.value), TYPING_PAUSE_MS);
        }}
        className="ps-8 pe-2 placeholder:text-ink-3"
      />
      <noscript>
        <Button type="submit">{t('list.filter')}</Button>
      </noscript>
    </Form>
  );
}
