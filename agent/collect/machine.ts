import { uptime } from 'node:os';
import type { Hello } from '../protocol';
import { AGENT_VERSION } from '../process/version';
import { readAddresses } from './addresses';
import { readFqdn, toFqdn } from './fqdn';
import { readHardware, withoutCommands } from './hardware';
import type { Measurer } from './measurer';
import { readOperatingSystem, withoutDistribution } from './operating-system';

const CLOCK_STEP_SECONDS = 5;

/** What a machine is, as `hello` carries it and a registration takes a part of. */
export type MachineFacts = Omit<Hello, 'protocol'>;

/** Reads the facts; whatever cannot be read is left at what Node knows by itself. */
export function createFactReader(measurer: Measurer): () => Promise<MachineFacts> {
  let hardware: Promise<Hello['hardware']> | undefined;
  let bootedAt = 0;
  return async () => {
    // Once a process: it does not change while the machine runs, and finding out starts commands.
    hardware ??= measurer.measure('the hardware', readHardware, withoutCommands());
    const [fqdn, operatingSystem, addresses, found] = await Promise.all([
      measurer.measure('the host name', readFqdn, toFqdn('')),
      measurer.measure('the operating system', readOperatingSystem, withoutDistribution()),
      measurer.measure('the addresses', readAddresses, []),
      hardware,
    ]);
    // The clock is slewed all the time. Only a real step, as after the first NTP answer, makes another boot time of it.
    const computed = Math.round(Date.now() / 1000 - uptime());
    if (Math.abs(computed - bootedAt) > CLOCK_STEP_SECONDS) bootedAt = computed;
    return {
      agentVersion: AGENT_VERSION,
      fqdn,
      ...operatingSystem,
      addresses,
      hardware: found,
      bootedAt: new Date(bootedAt * 1000).toISOString(),
    };
  };
}
