interface Props {
  /** What it selects; the sign alone says nothing. */
  label: string;
  isSelected: boolean;
  onChange: (isSelected: boolean) => void;
}

/**
 * Selects a row. The shortcut `x` presses the one of the row that has the focus. The browser's own: a list draws fifty
 * of them while it is scrolled.
 */
export function RowCheckbox({ label, isSelected, onChange }: Props) {
  return (
    <span data-select="" className="inline-grid size-6 shrink-0 place-items-center">
      <input
        type="checkbox"
        aria-label={label}
        checked={isSelected}
        onChange={({ target }) => onChange(target.checked)}
        className="size-4 accent-ink"
      />
    </span>
  );
}
