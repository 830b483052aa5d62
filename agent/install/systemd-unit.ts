/** What a service manager starts the agent with. Paths are absolute. */
export interface Started {
  node: string;
  program: string;
  stateDir: string;
}

/** `deploy/systemd/sysmanage-agent.service` is this, with the paths of the Debian package. */
export const systemdUnit = ({
  node,
  program,
  stateDir,
}: Started): string => `# The agent. What it is to reach is in ${stateDir}/agent.yaml or in an enrolment token; told nothing, it looks for a
# server on its networks. \`sysmanage-agent install\` writes this, and the Debian package has it.
[Unit]
Description=SysManage agent
Wants=network-online.target
After=network-online.target time-sync.target

[Service]
Type=exec
ExecStart=${[node, program, '--service', '--state-dir', stateDir].map(quote).join(' ')}
Restart=always
RestartSec=10
# What only a person can mend: another CA, a wrong file, a token that is no use any more.
RestartPreventExitStatus=64 65 77 78 81 82 83 84
ConfigurationDirectory=sysmanage-agent
ConfigurationDirectoryMode=0700
UMask=0077

# Root, to see all of the machine, and next to no right to change it.
CapabilityBoundingSet=CAP_DAC_READ_SEARCH CAP_SYS_PTRACE
NoNewPrivileges=yes
PrivateDevices=yes
PrivateTmp=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHome=read-only
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectSystem=strict
ReadWritePaths=${quote(stateDir)}
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
`;

/** As systemd.syntax(7) and systemd.service(5), "Command lines", have it. */
const quote = (text: string) => {
  const plain = text.replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /^[\w@%+=:,./$-]+$/.test(plain) ? plain : `"${plain.replace(/["\\]/g, '\\$&')}"`;
};
