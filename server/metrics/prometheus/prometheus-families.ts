import type { Family, Sample } from '../../measures/exposition';
import { finite } from '../../list/keyset';
import type { CurrentHost } from '../find-current';
import { DISK_METRICS, type METRICS, PER_DISK, PLACES } from '../metrics';

/** A family with what it says of one host. All are gauges: what was counted on a machine comes as rates. */
type HostFamily = Omit<Family, 'samples'> & { of: (host: CurrentHost) => Sample[] };

type Name = keyof typeof METRICS;
type DiskName = keyof typeof DISK_METRICS;

function figure({ sample }: CurrentHost, name: Name): number | null {
  return sample?.figures[PLACES.get(name)! - 1] ?? null;
}

const one = (value: number | null | undefined, labels: Record<string, string> = {}): Sample[] =>
  value === null || value === undefined ? [] : [{ labels, value }];

/** The figures by the value that a label has for each. */
const by =
  (label: string, names: Record<string, Name>, scale = 1): HostFamily['of'] =>
  (host) =>
    Object.entries(names).flatMap(([value, name]) => {
      const found = figure(host, name);
      return found === null ? [] : [{ labels: { [label]: value }, value: found * scale }];
    });
const of =
  (name: Name, scale = 1): HostFamily['of'] =>
  (host) => {
    const found = figure(host, name);
    return one(found && found * scale);
  };

const DISK_NAMES = Object.keys(DISK_METRICS);
const ofDisks =
  (names: Record<string, DiskName>): HostFamily['of'] =>
  ({ sample }) =>
    (sample?.mounts ?? []).flatMap((mount, i) =>
      Object.entries(names).flatMap(([state, name]) => {
        const labels = { system_filesystem_mountpoint: mount, system_filesystem_state: state };
        return one(sample!.disks[i * PER_DISK + DISK_NAMES.indexOf(name)], labels);
      }),
    );

const gauge = (name: string, help: string, of: HostFamily['of']): HostFamily => ({ name, help, type: 'gauge', of });

const HEALTH = { ok: 0, warning: 1, critical: 2 } as const;
const PERCENT = 0.01;

/**
 * What is told of each host. Where the semantic conventions of OpenTelemetry have a name ("System metrics", "Hardware
 * metrics"), it is that, with its attributes, as "Prometheus and OpenMetrics compatibility" writes it: underscores for
 * dots, and the unit at the end, `ratio` for 1. Of what they count up for ever we have rates: these are our own.
 */
export const FAMILIES: readonly HostFamily[] = [
  gauge('sysmanage_host_up', 'Whether the host is connected.', ({ state }) => one(state === 'up' ? 1 : 0)),
  gauge(
    'sysmanage_host_health',
    'How well the host is, by the rules of health: 0 ok, 1 warning, 2 critical. Absent until it was measured.',
    ({ health }) => one(health && HEALTH[health]),
  ),
  gauge('sysmanage_host_info', 'What the host is, in labels.', (host) =>
    one(1, {
      ...{ platform: host.platform, os_name: host.osName, os_version: host.osVersion },
      ...{ agent_version: host.agentVersion, state: host.state },
    }),
  ),
  gauge(
    'sysmanage_host_certificate_expiry_timestamp_seconds',
    'When the certificate of the host ends, as Unix time.',
    (host) => {
      const ends = finite(host.certificateEnds);
      return one(ends && ends.getTime() / 1000);
    },
  ),
  gauge('system_uptime_seconds', 'The time the system has been running.', of('uptime')),
  gauge(
    'sysmanage_host_cpu_utilization_ratio',
    'The part of all processors’ time that was not idle, nor waiting for a disk.',
    of('cpu', PERCENT),
  ),
  gauge(
    'system_cpu_utilization_ratio',
    'The part of all processors’ time, by mode.',
    by('cpu_mode', { user: 'cpu.user', system: 'cpu.system', iowait: 'cpu.wait', steal: 'cpu.steal' }, PERCENT),
  ),
  gauge(
    'sysmanage_host_load_average',
    'Processes that ran or were ready to, on average over so many minutes.',
    by('minutes', { '1': 'load.1', '5': 'load.5', '15': 'load.15' }),
  ),
  gauge('system_memory_limit_bytes', 'Total memory in the system.', ({ hardware, sample }) =>
    one(sample && hardware?.memoryBytes),
  ),
  gauge(
    'system_memory_usage_bytes',
    'Memory by state: used, without what caches would give back; and cached.',
    by('system_memory_state', { used: 'memory.used', cached: 'memory.cache' }),
  ),
  gauge(
    'sysmanage_host_memory_available_bytes',
    'What programs can have without swapping. Used and available are all there is.',
    of('memory.available'),
  ),
  gauge(
    'system_paging_usage_bytes',
    'Swap or page file, by state.',
    by('system_paging_state', { used: 'swap.used', free: 'swap.available' }),
  ),
  gauge(
    'system_filesystem_usage_bytes',
    'Space of each file system by state; free is what those have who are not the superuser.',
    ofDisks({ used: 'disk.used', free: 'disk.available' }),
  ),
  gauge(
    'sysmanage_host_filesystem_inodes',
    'Inodes of each file system by state.',
    ofDisks({ used: 'disk.inodes_used', free: 'disk.inodes_available' }),
  ),
  gauge(
    'sysmanage_host_disk_io_bytes_per_second',
    'Bytes to and from disks in a second.',
    by('disk_io_direction', { read: 'disk.read', write: 'disk.written' }),
  ),
  gauge(
    'sysmanage_host_network_io_bytes_per_second',
    'Bytes to and from networks in a second.',
    by('network_io_direction', { receive: 'network.received', transmit: 'network.sent' }),
  ),
  gauge('system_process_count', 'Processes.', of('processes')),
  gauge('sysmanage_host_logged_in_users', 'Users who are logged in.', of('logged_in')),
  gauge('hw_temperature_celsius', 'The hottest that the machine tells.', of('temperature')),
];
