import { cpus, totalmem } from 'node:os';
import { cpu, system } from 'systeminformation';
import type { Hello } from '../protocol';
import { fitCount, fitText } from './fit';

type Hardware = Hello['hardware'];

/** Make, model, processor and what the machine runs in. Starts a few commands; once a process is enough. */
export async function readHardware(): Promise<Hardware> {
  const [maker, processor] = await Promise.all([system(), cpu()]);
  const known = withoutCommands();
  return {
    ...known,
    manufacturer: fitText(maker.manufacturer, 200),
    model: fitText(maker.model, 200),
    virtualisation: fitText(nameVirtualisation(maker), 100),
    cpuModel: fitText(`${processor.manufacturer} ${processor.brand}`, 200) || known.cpuModel,
    cpuCores: Math.min(fitCount(processor.cores), 100_000) || known.cpuCores,
  };
}

/** What Node knows by itself, for when the commands fail. */
export function withoutCommands(): Hardware {
  const cores = cpus();
  return {
    manufacturer: '',
    model: '',
    virtualisation: '',
    cpuModel: fitText(cores[0]?.model, 200),
    cpuCores: Math.min(cores.length, 100_000),
    memoryBytes: fitCount(totalmem()),
  };
}

export function nameVirtualisation(found: { model: string; virtual: boolean; virtualHost?: string }): string {
  if (found.model === 'Docker Container') return 'Docker';
  if (!found.virtual) return 'none';
  return found.virtualHost || 'virtual';
}
