import type { WebSocket } from 'ws';
import { CLOSE } from '../../agent/protocol';
import type { EventBus } from '../events';
import { closeFirmly } from '../sockets/close-firmly';

/** A place for one connection of a host, held from before its rows are read until its socket is gone. */
export interface Slot {
  hostId: string;
  /** Of the certificate it was asked for with. */
  serial: string;
  /** Set when access ended while the connection was still being checked. */
  withdrawn: boolean;
  socket: WebSocket | null;
}

/** The agents' sockets of this process, by host. */
export interface AgentSockets {
  /** Takes a slot first, so that a revocation between the check of the rows and the open socket is not lost. */
  reserve(hostId: string, serial: string): Slot;
  /** Gives the slot its socket and ends any earlier connection of the host; returns false when it must not stay open. */
  open(slot: Slot, socket: WebSocket): boolean;
  /** Frees the slot; returns whether the host has no open socket left. One that is still being checked may come to nothing. */
  release(slot: Slot): boolean;
  /** Whether the server is stopping: what closes now says nothing about its host. */
  isClosing(): boolean;
  /** Tells every agent to come back, and waits until all sockets are closed or destroyed. */
  closeAll(reason: string): Promise<void>;
}

export function createAgentSockets(events: EventBus): AgentSockets {
  const slots = new Map<string, Set<Slot>>();
  /** The reason for the close frames of a server that stops. */
  let closing: string | null = null;
  const withdraw = (slot: Slot) => {
    slot.withdrawn = true;
    if (slot.socket) void closeFirmly(slot.socket, CLOSE.ACCESS_WITHDRAWN, '');
  };
  events.listen('host.access_withdrawn', ({ hostId }) => slots.get(hostId)?.forEach(withdraw));
  events.listen('certificate.superseded', ({ hostId, serial }) => {
    for (const slot of slots.get(hostId) ?? []) if (slot.serial === serial) withdraw(slot);
  });
  return {
    reserve(hostId, serial) {
      const slot: Slot = { hostId, serial, withdrawn: false, socket: null };
      const held = slots.get(hostId) ?? new Set();
      slots.set(hostId, held.add(slot));
      return slot;
    },
    open(slot, socket) {
      slot.socket = socket;
      if (slot.withdrawn) {
        void closeFirmly(socket, CLOSE.ACCESS_WITHDRAWN, '');
        return false;
      }
      // `closeAll` has passed; nobody else would close it, and the listener waits for its last socket.
      if (closing !== null) {
        void closeFirmly(socket, CLOSE.SERVICE_RESTART, closing);
        return false;
      }
      for (const other of slots.get(slot.hostId) ?? []) {
        if (other !== slot && other.socket) void closeFirmly(other.socket, CLOSE.REPLACED, '');
      }
      return true;
    },
    release(slot) {
      const held = slots.get(slot.hostId);
      held?.delete(slot);
      if (held?.size === 0) slots.delete(slot.hostId);
      return ![...(held ?? [])].some(({ socket }) => socket);
    },
    isClosing: () => closing !== null,
    async closeAll(reason) {
      closing = reason;
      const open = [...slots.values()].flatMap((held) => [...held]).flatMap(({ socket }) => socket ?? []);
      await Promise.all(open.map((socket) => closeFirmly(socket, CLOSE.SERVICE_RESTART, reason)));
    },
  };
}
