import type { MachineFacts } from '../../collect/machine';
import { findTools, type Machine } from '../abilities';
import { runListing, runSteps } from '../packages/package-manager';
import type { Act, Acting } from '../processes/processes';
import type { Command } from '../command-kinds';
import type { Exit } from '../machine';
import { collectDiagnostics, type Diagnosing } from './collect-diagnostics';
import { executeShell } from './execute-shell';
import { killProcess } from './kill-process';
import { listProcesses } from './list-processes';
import { stopMachine } from './stop-machine';
import { updateSystem } from './update-system';

export interface ActingOn extends Diagnosing {
  machine: Machine;
  readFacts: () => Promise<MachineFacts>;
}

type Acts = { [Kind in Command['kind']]: (command: Extract<Command, { kind: Kind }>, acting: Acting) => Promise<Exit> };

/** How each kind is done on this machine. What cannot be done was not admitted. */
export function createAct(on: ActingOn): Act {
  const packages = () => findTools(on.machine).packages!;
  const acts: Acts = {
    execute_shell: executeShell,
    install_package: (command, acting) =>
      runSteps(packages().install(command.packages, command.dryRun ?? false), acting),
    remove_package: (command, acting) => runSteps(packages().remove(command.packages, command.dryRun ?? false), acting),
    update_system: (command, acting) => updateSystem(command, packages(), acting),
    restart_service: ({ service, action }, acting) =>
      runSteps(findTools(on.machine).services!.steps(service, action), acting),
    async get_system_info(_command, { write }) {
      write(`${JSON.stringify(await on.readFacts())}\n`);
      return { exitCode: 0 };
    },
    get_installed_packages: (_command, acting) => runListing(packages().installed, acting),
    get_available_updates: (_command, acting) => runListing(packages().available!, acting),
    list_processes: (_command, acting) => listProcesses(acting),
    kill_process: killProcess,
    reboot_system: stopMachine,
    shutdown_system: stopMachine,
    collect_diagnostics: (_command, acting) => collectDiagnostics(on, acting),
  };
  return (command, acting) => actOn(command, acting);

  function actOn<Kind extends Command['kind']>(command: Extract<Command, { kind: Kind }>, acting: Acting) {
    return acts[command.kind](command, acting);
  }
}
