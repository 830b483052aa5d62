import { Checkbox as AriaCheckbox } from 'react-aria-components';

interface Props {
  /** What it selects; the sign alone says nothing. */
  label: string;
  isSelected: boolean;
  onChange: (isSelected: boolean) => void;
}

/** Selects a row. The shortcut `x` presses the one of the row that has the focus. */
export function RowCheckbox({ label, isSelected, onChange }: Props) {
  return (
    <AriaCheckbox
      aria-label={label}
      isSelected={isSelected}
      onChange={onChange}
      data-select=""
      className="group inline-grid size-6 shrink-0 cursor-default place-items-center"
    >
      <span
        className="grid size-4 place-items-center rounded-4 border border-line-strong text-paper
          group-data-focus-visible:outline-2 group-data-focus-visible:outline-offset-2
          group-data-focus-visible:outline-accent group-data-selected:border-ink group-data-selected:bg-ink"
      >
        <svg viewBox="0 0 12 12" className="hidden size-3 group-data-selected:block" aria-hidden="true">
          <path d="M2 6.5 5 9.5 10 3" fill="none" stroke="currentColor" strokeWidth="2" />
        </svg>
      </span>
    </AriaCheckbox>
  );
}
