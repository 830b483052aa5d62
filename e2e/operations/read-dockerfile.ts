/** One line of a Dockerfile: `RUN`, and what follows it, with continued lines joined. */
export interface Instruction {
  keyword: string;
  text: string;
  /** `--from=build`, `--interval=10s`, … */
  flags: Record<string, string>;
}

export interface Stage {
  name: string;
  /** What follows `FROM`, in order. */
  instructions: Instruction[];
}

const KEYWORDS = [
  'FROM',
  'WORKDIR',
  'COPY',
  'RUN',
  'ENV',
  'USER',
  'VOLUME',
  'EXPOSE',
  'HEALTHCHECK',
  'ENTRYPOINT',
  'CMD',
];

/** The stages of a Dockerfile (its reference manual, "Format"). @throws Error for what it does not know */
export function readDockerfile(text: string): Stage[] {
  const lines = text.replace(/^#.*\n/gm, '').replace(/\\\n\s*/g, '');
  const stages: Stage[] = [];
  for (const line of lines.split('\n').filter((line) => line.trim() !== '')) {
    const [, keyword = '', rest = ''] = /^([A-Z]+) (.+)$/.exec(line) ?? [];
    if (!KEYWORDS.includes(keyword)) throw new Error(`no instruction: ${line}`);
    const [, options = '', text = ''] = /^((?:--\S+ )*)(.+)$/.exec(rest)!;
    const flags = Object.fromEntries(
      options
        .split(' ')
        .filter(Boolean)
        .map((flag) => flag.slice(2).split('=')),
    );
    if (keyword !== 'FROM') stages.at(-1)!.instructions.push({ keyword, text, flags: flags as Instruction['flags'] });
    else stages.push({ name: / AS (\w+)$/.exec(text)![1]!, instructions: [] });
  }
  return stages;
}

/** What an instruction in its exec form is: a list of strings. */
export const listOf = ({ text }: Instruction) => JSON.parse(text) as string[];

/** The last instruction of a kind, which is the one that counts. */
export function lastOf({ instructions }: Stage, keyword: string): Instruction {
  const found = instructions.findLast((instruction) => instruction.keyword === keyword);
  if (!found) throw new Error(`there is no ${keyword}`);
  return found;
}
