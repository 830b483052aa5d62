/** What a command is sent with: a script as it stands, everything else in a line each. */
export function ParametersText({ parameters }: { parameters: Record<string, unknown> }) {
  const { script, ...rest } = parameters;
  const lines = Object.entries(rest).map(([name, value]) => `${name}: ${inWords(value)}`);
  const text = [typeof script === 'string' ? script : null, ...lines].filter((line) => line !== null).join('\n');
  if (text === '') return null;
  return (
    <pre
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, and so must the keyboard
      tabIndex={0}
      className="mono max-h-48 overflow-auto rounded-4 bg-sunken p-3 text-12 whitespace-pre-wrap wrap-anywhere"
    >
      {text}
    </pre>
  );
}

function inWords(value: unknown): string {
  if (!Array.isArray(value)) return String(value);
  return value
    .map((one: unknown) => {
      if (typeof one === 'string') return one;
      const { name, value, isSecret } = one as { name: string; value: string; isSecret?: boolean };
      return `${name}=${isSecret ? '•••' : value}`;
    })
    .join(' ');
}
