import { MachineText } from '../ui/machine-text';
import { useRuleWords } from './use-rule-words';

/** Why a host is ill, in words: the server says it as `disk.used_percent:/var above 95`. */
export function HealthReason({ reason }: { reason: string }) {
  const { what, limit } = useRuleWords();
  const [, metric, label, comparison, threshold] = /^([^:\s]+)(?::(.*))? (above|below) (\S+)$/s.exec(reason) ?? [];
  if (!metric) return <MachineText text={reason} />;
  return (
    <span>
      {what(metric)} {label && <MachineText text={label} />}{' '}
      {limit({ metric: metric as 'cpu', comparison: comparison as 'above', threshold: Number(threshold) })}
    </span>
  );
}
