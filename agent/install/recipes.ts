import { posix, win32 } from 'node:path';
import { type Started, systemdUnit } from './systemd-unit';
import { words, type Words } from '../../words/words';

/** What a service manager has to be given, and told. */
export interface Recipe {
  /** The folder where the agent's one file is put. */
  folder: string;
  /** What describes the service. */
  path: string;
  mode: number;
  text(started: Started): string;
  /** Ends one that is installed already, for what does not take another in its place. Fails where there is none. */
  ending?: string[][];
  /** Run in order by root; each line is a program and its arguments. */
  commands: string[][];
  /** What is needed besides. */
  needs?: Words;
}

const args = ({ program, stateDir }: Started) => [program, '--service', '--state-dir', stateDir];

export const RECIPES = {
  systemd: {
    folder: '/usr/local/lib/sysmanage-agent',
    path: '/etc/systemd/system/sysmanage-agent.service',
    mode: 0o644,
    text: systemdUnit,
    commands: [
      ['systemctl', 'daemon-reload'],
      ['systemctl', 'enable', 'sysmanage-agent.service'],
      // One that runs already goes on with what it was told now.
      ['systemctl', 'restart', 'sysmanage-agent.service'],
    ],
  },
  launchd: {
    folder: '/usr/local/lib/sysmanage-agent',
    path: '/Library/LaunchDaemons/org.sysmanage.agent.plist',
    mode: 0o644,
    text: (started) => `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>org.sysmanage.agent</string>
  <key>ProgramArguments</key>
  <array>
${[started.node, ...args(started)].map((text) => `    <string>${xml(text)}</string>`).join('\n')}
  </array>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ThrottleInterval</key>
  <integer>10</integer>
  <key>Umask</key>
  <integer>63</integer>
  <key>StandardErrorPath</key>
  <string>/var/log/sysmanage-agent.log</string>
</dict>
</plist>
`,
    ending: [['launchctl', 'bootout', 'system/org.sysmanage.agent']],
    commands: [
      ['launchctl', 'enable', 'system/org.sysmanage.agent'],
      ['launchctl', 'bootstrap', 'system', '/Library/LaunchDaemons/org.sysmanage.agent.plist'],
    ],
  },
  freebsd: {
    folder: '/usr/local/libexec/sysmanage-agent',
    path: '/usr/local/etc/rc.d/sysmanage_agent',
    mode: 0o755,
    // daemon(8) starts it again after ten seconds, and has its log sent to syslog.
    text: (started) => `#!/bin/sh

# PROVIDE: sysmanage_agent
# REQUIRE: NETWORKING
# KEYWORD: shutdown

. /etc/rc.subr

name=sysmanage_agent
rcvar=sysmanage_agent_enable

load_rc_config $name
: \${sysmanage_agent_enable:=NO}

pidfile=/var/run/sysmanage_agent.pid
command=/usr/sbin/daemon
command_args="-S -T sysmanage-agent -R 10 -P $pidfile ${[started.node, ...args(started)].map(quote).join(' ')}"

run_rc_command "$1"
`,
    commands: [
      ['sysrc', 'sysmanage_agent_enable=YES'],
      ['service', 'sysmanage_agent', 'restart'],
    ],
  },
  openbsd: {
    folder: '/usr/local/libexec/sysmanage-agent',
    path: '/etc/rc.d/sysmanage_agent',
    mode: 0o755,
    text: (started) => `#!/bin/ksh

daemon="${started.node}"
daemon_flags="${args(started).map(quote).join(' ')}"
daemon_logger="daemon.info"

. /etc/rc.d/rc.subr

pexp="\${daemon} \${daemon_flags}"
rc_bg=YES
rc_reload=NO

rc_cmd $1
`,
    commands: [
      ['rcctl', 'enable', 'sysmanage_agent'],
      ['rcctl', 'restart', 'sysmanage_agent'],
    ],
  },
  windows: {
    folder: 'C:\\Program Files\\SysManage Agent',
    path: 'C:\\Program Files\\SysManage Agent\\sysmanage-agent.xml',
    mode: 0o644,
    text: (started) => `<service>
  <id>sysmanage-agent</id>
  <name>SysManage agent</name>
  <description>Tells a SysManage server how this machine is doing.</description>
  <executable>${xml(started.node)}</executable>
${args(started)
  .map((text) => `  <argument>${xml(text)}</argument>`)
  .join('\n')}
  <startmode>Automatic</startmode>
  <onfailure action="restart" delay="10 sec"/>
  <log mode="roll-by-size"/>
</service>
`,
    ending: [
      ['C:\\Program Files\\SysManage Agent\\sysmanage-agent.exe', 'stop'],
      ['C:\\Program Files\\SysManage Agent\\sysmanage-agent.exe', 'uninstall'],
    ],
    commands: [
      ['C:\\Program Files\\SysManage Agent\\sysmanage-agent.exe', 'install'],
      ['C:\\Program Files\\SysManage Agent\\sysmanage-agent.exe', 'start'],
    ],
    needs: words('agent.install.needs_winsw'),
  },
} satisfies Record<string, Recipe>;

export type ServiceManager = keyof typeof RECIPES;

const PROGRAM_NAME = 'sysmanage-agent.cjs';

/** Where a recipe has the agent's file, written as its system writes paths. */
export const programOf = (manager: ServiceManager): string =>
  (manager === 'windows' ? win32 : posix).join(RECIPES[manager].folder, PROGRAM_NAME);

const xml = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** For a shell, within double quotes. */
const quote = (text: string) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
