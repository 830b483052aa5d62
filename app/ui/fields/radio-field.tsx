import { Label, Radio, RadioGroup } from 'react-aria-components';

interface Props {
  id: string;
  name: string;
  label: string;
  defaultValue: string;
  options: { value: string; text: string; meaning: string }[];
}

/** One of a few, where each needs a sentence to choose by. */
export function RadioField({ id, name, label, defaultValue, options }: Props) {
  return (
    <RadioGroup id={id} name={name} defaultValue={defaultValue} className="flex flex-col gap-2">
      <Label className="text-13 font-medium">{label}</Label>
      {options.map(({ value, text, meaning }) => (
        <Radio key={value} value={value} className="group flex cursor-pointer items-start gap-3 py-0.5">
          <span
            className="mt-0.5 size-4 shrink-0 rounded-full border border-line-strong bg-raised
              group-data-focus-visible:outline-2 group-data-focus-visible:outline-offset-2 group-has-checked:border-5
              group-has-checked:border-ink"
          />
          <span>
            <span className="block text-14">{text}</span>
            <span className="block text-12 text-ink-2">{meaning}</span>
          </span>
        </Radio>
      ))}
    </RadioGroup>
  );
}
