import { Form, useLocation, useNavigate, useSearchParams } from '@remix-run/react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './button';
import { SearchIcon } from './icons';

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
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  const search = params.get('search') ?? '';
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    // Back, or a cleared filter, must show in the field; but never under somebody's typing.
    if (input.current && input.current !== document.activeElement) input.current.value = search;
  }, [search]);

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
        go(input.current?.value ?? '');
      }}
    >
      {kept.map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <span className="pointer-events-none absolute inset-y-0 start-2.5 grid place-items-center text-ink-3">
        <SearchIcon />
      </span>
      <input
        ref={input}
        type="search"
        name="search"
        data-filter=""
        defaultValue={search}
        aria-label={label}
        placeholder={label}
        autoComplete="off"
        spellCheck={false}
        maxLength={maxLength}
        onChange={({ target }) => {
          clearTimeout(timer.current);
          timer.current = setTimeout(() => go(target.value), TYPING_PAUSE_MS);
        }}
        className="h-8 w-full rounded-4 border border-line-strong bg-raised ps-8 pe-2 text-16 placeholder:text-ink-3
          sm:text-13 pointer-coarse:h-10"
      />
      <noscript>
        <Button type="submit">{t('list.filter')}</Button>
      </noscript>
    </Form>
  );
}
