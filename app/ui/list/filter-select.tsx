interface Props {
  /** For its label. */
  id: string;
  name: string;
  /** What the address says. */
  value: string;
  options: { value: string; text: string }[];
}

/**
 * The browser's own choice of one, as low as the fields it filters beside. Anew with the address, so that Back shows in
 * it.
 */
export function FilterSelect({ id, name, value, options }: Props) {
  return (
    <select
      key={value}
      id={id}
      name={name}
      defaultValue={value}
      className="h-8 w-full min-w-0 rounded-4 border border-line-strong bg-raised px-1 text-16 text-ink sm:text-13 pointer-coarse:h-10"
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.text}
        </option>
      ))}
    </select>
  );
}
