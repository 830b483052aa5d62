import { NEXT_TOKEN, type PathOperation, type Responses } from '../../rest/path-operation';
import { FAMILIES } from './prometheus-families';
import { writeHead, writeSamples } from '../../measures/exposition';

const EXAMPLE = {
  labels: { host_name: 'web-01.example.com', host_id: '01890000-0000-7000-8000-000000000000' },
  value: 1,
};

/**
 * The exposition as an operation of the REST API. It is no procedure that the generator knows, because its answer is a
 * stream of text.
 * @param targets the operation that lists the same hosts for discovery
 */
export function describePrometheus({ tags: _tags, ...targets }: PathOperation, refusals: Responses): PathOperation {
  const [up] = FAMILIES;
  return {
    operationId: 'metrics-prometheus',
    tags: ['Metrics'],
    summary: 'Get the present figures of every host for Prometheus',
    description:
      'The text format of Prometheus, 0.0.4. Figures that are current, and state and health of each approved host.',
    security: targets.security,
    parameters: (targets.parameters ?? []).filter(
      (parameter) => 'name' in parameter && ['filter', 'fleet'].includes(parameter.name),
    ),
    responses: {
      200: {
        description: 'Done.',
        ...NEXT_TOKEN,
        content: {
          'text/plain': { schema: { type: 'string' }, example: `${writeHead(up!)}${writeSamples(up!, [EXAMPLE])}` },
        },
      },
      ...refusals,
    },
  };
}
