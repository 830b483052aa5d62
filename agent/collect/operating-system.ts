import { readFile } from 'node:fs/promises';
import { machine, release } from 'node:os';
import { osInfo } from 'systeminformation';
import type { Platform } from '../protocol';
import { fitText } from './fit';

const PLATFORMS: Partial<Record<NodeJS.Platform, Platform>> = {
  linux: 'linux',
  win32: 'windows',
  darwin: 'macos',
  freebsd: 'freebsd',
  openbsd: 'openbsd',
  netbsd: 'netbsd',
};

export interface OperatingSystem {
  platform: Platform;
  osName: string;
  osVersion: string;
  kernel: string;
  architecture: string;
}

function readPlatform(): Platform {
  return PLATFORMS[process.platform] ?? 'other';
}

export async function readOperatingSystem(): Promise<OperatingSystem> {
  const { name, version } = process.platform === 'linux' ? await readDistribution() : await askSystem();
  return { ...withoutDistribution(), osName: fitText(name, 200), osVersion: fitText(version, 200) };
}

/** What needs neither a file nor a command, for when the full reading fails. */
export function withoutDistribution(): OperatingSystem {
  return {
    platform: readPlatform(),
    osName: process.platform,
    osVersion: '',
    kernel: fitText(release(), 200),
    architecture: fitText(machine(), 50),
  };
}

async function askSystem(): Promise<{ name: string; version: string }> {
  const { distro, release: version } = await osInfo();
  return { name: distro, version };
}

async function readDistribution(): Promise<{ name: string; version: string }> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => readFile('/usr/lib/os-release', 'utf8'));
  return parseOsRelease(text);
}

/**
 * os-release(5): shell assignments, quoted as a shell would. Rolling distributions have a build or nothing for a
 * version.
 */
export function parseOsRelease(text: string): { name: string; version: string } {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, key, value] = /^\s*([A-Z0-9_]+)=(.*?)\s*$/.exec(line) ?? [];
    if (key && value !== undefined) values.set(key, unquote(value));
  }
  const version = values.get('VERSION') ?? values.get('VERSION_ID') ?? values.get('BUILD_ID') ?? '';
  return { name: values.get('NAME') ?? 'Linux', version };
}

function unquote(value: string): string {
  const [, quote, inner] = /^(["'])(.*)\1$/.exec(value) ?? [];
  if (inner === undefined) return value;
  return quote === '"' ? inner.replace(/\\(["$\\`])/g, '$1') : inner;
}
