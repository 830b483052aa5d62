import { z } from 'zod';
import { command } from '../../agent/commands/command-kinds';

/** Every kind there is, with its parameters as JSON Schema: what forms are made of. */
const KINDS = command.options.map((option) => {
  const { kind, ...parameters } = option.shape;
  return {
    kind: kind.value,
    parameters: z.toJSONSchema(z.object(parameters), { io: 'input', unrepresentable: 'any' }),
  };
});

export const kindList = z.object({
  kinds: z.array(
    z.object({
      kind: z.string().meta({ examples: ['restart_service'] }),
      parameters: z.record(z.string(), z.unknown()).meta({ examples: [{ type: 'object' }] }),
    }),
  ),
});

export const listKinds = (): z.infer<typeof kindList> => ({ kinds: KINDS });
