import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { factsText, type Hello, PROTOCOL, type Sample } from '../../../agent/protocol';
import type { Identity } from './seed-agents';
import type { Behaviour } from './simulated-agent';

const FACTS = {
  system: { kernel: '6.1.0', 'os.name': 'Debian GNU/Linux' },
  packages: Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`package-${n}`, `1.${n}-1`])),
};
const hash = (facts: Parameters<typeof factsText>[0]) =>
  createHash('sha256').update(factsText(facts)).digest('base64url');
const HASHES = Object.fromEntries(Object.entries(FACTS).map(([section, facts]) => [section, hash(facts)]));
const REPORTS = Object.entries(FACTS).map(([section, facts]) => ({
  section,
  hash: HASHES[section],
  content: gzipSync(JSON.stringify(facts)).toString('base64'),
}));

/** What a machine says that tells everything and does nothing. */
export const ORDINARY: Behaviour = {
  hello: ordinaryHello,
  sample: ordinarySample,
  facts: { hashes: HASHES, reports: REPORTS },
};

function ordinaryHello({ fqdn }: Identity): Hello {
  return {
    protocol: PROTOCOL,
    agentVersion: '1.0.0',
    fqdn,
    platform: 'linux',
    osName: 'Debian GNU/Linux',
    osVersion: '12',
    kernel: '6.1.0',
    architecture: 'x64',
    addresses: ['192.0.2.7'],
    tags: ['env:simulated'],
    hardware: {
      manufacturer: 'QEMU',
      model: 'Standard PC',
      virtualisation: 'kvm',
      cpuModel: 'EPYC',
      cpuCores: 2,
      memoryBytes: 4e9,
    },
    bootedAt: BOOTED_AT,
    factsDigest: FACTS_DIGEST,
  };
}

/** A machine that only reconnects has not booted meanwhile: its facts are what they were. */
const BOOTED_AT = new Date().toISOString();
const FACTS_DIGEST = hash(HASHES);

function ordinarySample(): Sample {
  const cpuPercent = 25 * Math.random();
  return {
    at: new Date().toISOString(),
    cpuPercent,
    ...{ cpuUserPercent: cpuPercent * 0.7, cpuSystemPercent: cpuPercent * 0.3, cpuWaitPercent: 1, cpuStealPercent: 0 },
    load1: 0.5,
    load5: 0.4,
    load15: 0.3,
    memoryTotalBytes: 8e9,
    memoryUsedBytes: 4e9,
    ...{ memoryAvailableBytes: 4e9, memoryCacheBytes: 2e9 },
    swapTotalBytes: 0,
    swapUsedBytes: 0,
    disks: [
      {
        ...{ mount: '/', filesystem: 'ext4', totalBytes: 5e11, usedBytes: 1e11, availableBytes: 3.75e11 },
        ...{ isReadOnly: false, inodesTotal: 3e7, inodesUsed: 4e5 },
      },
    ],
    ...{ diskReadBytesPerSecond: 2e5 * Math.random(), diskWrittenBytesPerSecond: 4e5 * Math.random() },
    networkReceivedBytesPerSecond: 1234.5,
    networkSentBytesPerSecond: 2345.6,
    uptimeSeconds: 86_400,
    ...{ processes: 213, loggedIn: 1, temperatureCelsius: 47.5 },
  };
}
