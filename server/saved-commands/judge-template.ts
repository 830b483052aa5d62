import { type CommandInput, type Fault, faultsOf } from '../commands/command-schema';
import { words } from '../../words/words';
import { fillIn, placesOf, type Values } from './fill-in';
import { type Placeholder, variableOf } from './placeholders';

/** The interpreter of Windows that pastes variables into a line before it reads the line. */
const PASTES = /(^|[\\/])(cmd|command)(\.exe|\.com)?\s*$/i;

/**
 * What is wrong with the parameters of a kind that have placeholders in them: with the parameters as such, whatever is
 * put in, and with what can be put in that the kind never takes. `path` begins at the saved command.
 */
export function judgeTemplate(given: CommandInput & { placeholders: readonly Placeholder[] }): Fault[] {
  const { kind, placeholders } = given;
  const names = placeholders.map(({ name }) => name);
  const twice = names.findIndex((name, at) => names.indexOf(name) < at);
  if (twice >= 0) return [{ path: ['placeholders', twice, 'name'], said: words('server.input.twice') }];
  return kind === 'execute_shell' ? judgeScript(given) : judgeArguments(given);
}

function judgeScript({ kind, parameters, placeholders }: Parameters<typeof judgeTemplate>[0]) {
  const { script, interpreter, environment } = parameters;
  const faults: Fault[] = [];
  const pasted = placeholders.find(({ name }) => typeof script === 'string' && script.includes(`{{${name}}}`));
  if (pasted)
    faults.push({
      path: ['script'],
      said: words('server.saved.pasted', { variable: `"$${variableOf(pasted.name)}"` }),
    });
  if (placeholders.length > 0 && typeof interpreter === 'string' && PASTES.test(interpreter))
    faults.push({ path: ['interpreter'], said: words('server.saved.interpreter') });
  const own = new Set(placeholders.map(({ name }) => variableOf(name)));
  // Windows knows variables by their names in either case.
  const isTaken = (one: unknown) => own.has(String((one as { name?: unknown } | null)?.name).toUpperCase());
  if (Array.isArray(environment) && environment.some(isTaken))
    faults.push({ path: ['environment'], said: words('server.saved.variable') });
  const filled = fillIn({ kind, parameters, placeholders: [...placeholders] }, new Map());
  return [...faults, ...faultsOf({ kind, parameters: filled })].map(at);
}

function judgeArguments({ kind, parameters, placeholders }: Parameters<typeof judgeTemplate>[0]) {
  const places = placesOf(parameters);
  const wrong: Fault[] = [];
  for (const { name, path } of places)
    if (!placeholders.some((one) => one.name === name))
      wrong.push(at({ path, said: words('server.saved.no_placeholder', { name }) }));
  placeholders.forEach(({ name, type }, nth) => {
    if (type === 'secret') wrong.push({ path: ['placeholders', nth, 'type'], said: words('server.saved.secret') });
    if (!places.some((place) => place.name === name))
      wrong.push({ path: ['placeholders', nth, 'name'], said: words('server.saved.nowhere') });
  });
  if (wrong.length > 0) return wrong;
  // What a text may be the kind judges when it is known. Of the other types everything that is allowed is tried.
  const tried = placeholders.map(samplesOf);
  const most = Math.max(1, ...tried.map((samples) => samples.length));
  for (let nth = 0; nth < most && wrong.length === 0; nth++) {
    const values = new Map(
      placeholders.flatMap(({ name }, i) => {
        const samples = tried[i]!;
        return samples.length > 0 ? [[name, samples[Math.min(nth, samples.length - 1)]!] as const] : [];
      }),
    );
    const filled = fillIn({ kind, parameters, placeholders: [...placeholders] }, values);
    const open = places.filter(({ name }) => !values.has(name));
    for (const fault of faultsOf({ kind, parameters: filled }))
      if (!open.some(({ path }) => path[0] === fault.path[0])) wrong.push(at(fault));
  }
  return wrong;
}

/** Values that show whether all of them fit; none where nobody can say. */
function samplesOf({ type, choices, min, max }: Placeholder): (string | number)[] {
  if (type === 'choice') return choices;
  if (type === 'number') return [min, max].filter((bound) => bound !== null);
  return [];
}

const at = ({ path, said }: Fault): Fault => ({ path: ['parameters', ...path], said });

/** Faults of parameters that were filled with these values by the placeholders that stand there, where one does. */
export function byPlaceholder(parameters: Record<string, unknown>, values: Values, faults: Fault[]): Fault[] {
  const places = placesOf(parameters, (name) => !values.has(name));
  return faults.map((fault) => {
    const place = places.find(({ path }) => path.every((part, at) => part === fault.path[at]));
    return place ? { ...fault, path: [place.name] } : fault;
  });
}
