import { existsSync } from 'node:fs';
import type { Command } from '../command-kinds';
import type { Step } from '../packages/package-manager';

type Action = Extract<Command, { kind: 'restart_service' }>['action'];

/** How one service manager is told what to do with a service: exact arguments. */
export interface ServiceManager {
  tool: string;
  /** Whether it is the one that runs this machine; where it is not given, the tool says it. */
  isInCharge?: () => boolean;
  steps: (service: string, action: Action) => Step[];
}

/** One that does not run is a status like any other. LSB: 3. */
const STATUS = [0, 3];

const systemd: ServiceManager = {
  tool: 'systemctl',
  // sd_booted(3). In a container the tool may be there and nobody to hear it.
  isInCharge: () => existsSync('/run/systemd/system'),
  steps: (service, action) => [
    {
      file: 'systemctl',
      args: ['--no-ask-password', '--no-pager', '--full', action, '--', service],
      ...(action === 'status' && { done: STATUS }),
    },
  ],
};

const openrc: ServiceManager = {
  tool: 'rc-service',
  steps(service, action) {
    if (action === 'enable') return [{ file: 'rc-update', args: ['add', service, 'default'] }];
    if (action === 'disable') return [{ file: 'rc-update', args: ['delete', service, 'default'] }];
    return [{ file: 'rc-service', args: [service, action], ...(action === 'status' && { done: STATUS }) }];
  },
};

/** Debian's and Devuan's scripts in /etc/init.d: also in a container, where no systemd has started. */
const sysv: ServiceManager = {
  // The one tool of it that no other family has. `service` comes with it.
  tool: 'update-rc.d',
  steps(service, action) {
    if (action === 'enable' || action === 'disable')
      // Its links have to be there before they can be switched.
      return ['defaults', action].map((word) => ({ file: 'update-rc.d', args: [service, word] }));
    return [{ file: 'service', args: [service, action], ...(action === 'status' && { done: STATUS }) }];
  },
};

/** FreeBSD's and NetBSD's rc.d. `one…`: also what is not enabled. */
const rcd: ServiceManager = {
  tool: 'service',
  steps(service, action) {
    const word = action === 'enable' || action === 'disable' ? action : `one${action}`;
    return [{ file: 'service', args: [service, word], ...(action === 'status' && { done: [0, 1] }) }];
  },
};

const rcctl: ServiceManager = {
  tool: 'rcctl',
  steps: (service, action) =>
    action === 'status'
      ? [{ file: 'rcctl', args: ['check', service], done: [0, 1] }]
      : [{ file: 'rcctl', args: [action, service] }],
};

const launchd: ServiceManager = {
  tool: 'launchctl',
  steps(service, action) {
    const target = `system/${service}`;
    const words = {
      restart: ['kickstart', '-k', target],
      start: ['kickstart', target],
      stop: ['kill', 'SIGTERM', target],
      enable: ['enable', target],
      disable: ['disable', target],
      status: ['print', target],
    };
    return [{ file: 'launchctl', args: words[action] }];
  },
};

/** `net` waits until it is done; `sc` does not. net ends with 2 when the service is so already. */
const windows: ServiceManager = {
  tool: 'sc',
  steps(service, action) {
    const net = (word: string): Step => ({ file: 'net', args: [word, service] });
    const words: Record<Action, Step[]> = {
      restart: [{ ...net('stop'), done: [0, 2] }, net('start')],
      start: [net('start')],
      stop: [net('stop')],
      // The blank belongs to sc's way of writing.
      enable: [{ file: 'sc', args: ['config', service, 'start=', 'auto'] }],
      disable: [{ file: 'sc', args: ['config', service, 'start=', 'disabled'] }],
      status: [{ file: 'sc', args: ['queryex', service] }],
    };
    return words[action];
  },
};

/** By platform, the likeliest first. */
export const SERVICE_MANAGERS: Partial<Record<NodeJS.Platform, readonly ServiceManager[]>> = {
  linux: [systemd, openrc, sysv],
  freebsd: [rcd],
  netbsd: [rcd],
  openbsd: [rcctl],
  darwin: [launchd],
  win32: [windows],
};
