import type { Disk } from './disk';

interface File {
  /** As a process sees it. */
  now: Buffer;
  /** As it is after a power cut. */
  durable: Buffer | null;
}

/**
 * A disk in memory, for tests. What was not synced is lost with the power, whole, in part, or not at all; it can be
 * told to be full, and to fail at the nth operation from now.
 *
 * @param random in [0, 1)
 */
export function createTestDisk(random: () => number = Math.random) {
  const files = new Map<string, File>();
  const state = {
    isFull: false,
    /** Called before each write, sync and removal; a crash or a failure is thrown from it. */
    beforeWrite: (_what: string): void => {},
    /** Planted faults: what an operation leaves out. */
    forgets: new Set<'sync' | 'replace'>(),
  };
  const write = (name: string, position: number, bytes: Buffer) => {
    const file = files.get(name) ?? { now: Buffer.alloc(0), durable: null };
    files.set(name, file);
    const before = file.now.subarray(0, position);
    // A full disk takes a part.
    const taken = state.isFull ? bytes.subarray(0, Math.floor(random() * bytes.length)) : bytes;
    file.now = Buffer.concat([before, taken]);
    if (taken.length < bytes.length || state.isFull) throw diskFull('write');
  };
  const disk: Disk = {
    list: () => [...files.keys()],
    read: (name) => files.get(name)?.now ?? null,
    readAt: (name, position, length) => files.get(name)!.now.subarray(position, position + length),
    writeAt(name, position, bytes) {
      state.beforeWrite('write');
      write(name, position, bytes);
    },
    sync(name) {
      state.beforeWrite('sync');
      const file = files.get(name)!;
      if (!state.forgets.has('sync')) file.durable = file.now;
    },
    replace(name, bytes) {
      state.beforeWrite('replace');
      if (state.isFull) throw diskFull('open');
      files.set(name, { now: bytes, durable: state.forgets.has('replace') ? null : bytes });
    },
    remove(name) {
      state.beforeWrite('remove');
      files.delete(name);
    },
  };
  return {
    disk,
    state,
    /**
     * Everything that was not synced may be lost: each file is as it was synced, or has any part of what came later.
     */
    losePower(): void {
      for (const [name, file] of files) {
        const durable = file.durable ?? Buffer.alloc(0);
        const isAppended = file.now.length >= durable.length && file.now.subarray(0, durable.length).equals(durable);
        const extra = isAppended ? Math.floor(random() * (file.now.length - durable.length + 1)) : 0;
        file.now = isAppended ? file.now.subarray(0, durable.length + extra) : durable;
        if (file.durable === null && extra === 0) files.delete(name);
        else file.durable = file.now;
      }
    },
  };
}

function diskFull(syscall: string): Error {
  return Object.assign(new Error(`ENOSPC: no space left on device, ${syscall}`), { code: 'ENOSPC', syscall });
}
