import { v7 as uuidv7 } from 'uuid';
import type { WebSocket } from 'ws';
import { CLOSE, type Hello } from '../../agent/protocol';
import { type EventBus, EVERY } from '../events';
import { closeFirmly } from '../sockets/close-firmly';

/** A place for one connection of a host, held from before its rows are read until its socket is gone. */
export interface Slot {
  /** Of the connection. */
  id: string;
  hostId: string;
  /** As the socket saw it. */
  address: string;
  reservedAt: Date;
  /** Of the certificate it was asked for with. */
  serial: string;
  /** Set when access ended while the connection was still being checked. */
  withdrawn: boolean;
  socket: WebSocket | null;
  /** Set when another machine was connected with the same certificate: it does not speak for the host. */
  isHeld: boolean;
  /** Set when it was found dead, and another connection has its place. */
  isRetired: boolean;
  /** Set when a person has decided that the machine at its end is to become another host. */
  isSplit: boolean;
  /** What the machine at its end says it is, once it has. */
  said: Hello | null;
  /** Hash of the configuration that was wanted of its machine when it was last looked for; null before that. */
  configuration: string | null;
  /** How far its clock is behind ours: see `correctTime`. */
  clockOffsetMs: number | null;
}

/** The agents' sockets of this process, by host. */
export interface AgentSockets {
  /** Takes a slot first, so that a revocation between the check of the rows and the open socket is not lost. */
  reserve(connection: Pick<Slot, 'hostId' | 'serial' | 'address'>): Slot;
  /** The open connection that speaks for the host. */
  holder(hostId: string): Slot | undefined;
  /** Open connections of other machines with the same certificate, oldest first. */
  held(hostId: string): Slot[];
  /** It has closed to come back with a new certificate: for some seconds nobody takes its place with the former one. */
  awaitRenewed(slot: Slot): void;
  isAwaitingRenewed(hostId: string): boolean;
  /** Ends a connection that is dead, for another to take its place. */
  retire(slot: Slot): void;
  /** Gives the slot its socket; returns false when it must not stay open. */
  open(slot: Slot, socket: WebSocket, isHeld?: boolean): boolean;
  /**
   * Frees the slot; returns whether nobody speaks for the host any more. One that is still being checked may come to
   * nothing.
   */
  release(slot: Slot): boolean;
  /** How many connections are open. */
  openCount(): number;
  /** Whether the server is stopping: what closes now says nothing about its host. */
  isClosing(): boolean;
  /** Tells every agent to come back, and waits until all sockets are closed or destroyed. */
  closeAll(reason: string): Promise<void>;
}

/** More copies of one machine than these are sent away at once: each costs a socket. */
const MAX_HELD = 3;

/**
 * Milliseconds in which held machines ask anew when the one that was first is gone: a reboot of that one is shorter.
 */
const HELD_RETURN_WINDOW = '300000';

/** How long a machine that is told to become another one may stay connected. */
const SPLIT_PATIENCE_MS = 30_000;

/** How long the place of a host that has gone to come back with a new certificate is kept for it. */
const RENEWED_RETURN_MS = 10_000;

const isOpen = ({ socket }: Slot) => socket?.readyState === socket?.OPEN && socket !== null;
/** Whether what its machine says is the host's word. */
export const speaksForHost = ({ isHeld, isRetired, isSplit }: Slot) => !isHeld && !isRetired && !isSplit;

export function createAgentSockets(events: EventBus): AgentSockets {
  const slots = new Map<string, Set<Slot>>();
  /** Of hosts that come back with a new certificate, until when they are waited for (`performance.now()`). */
  const renewed = new Map<string, number>();
  /** The reason for the close frames of a server that stops. */
  let closing: string | null = null;
  const of = (hostId: string) => [...(slots.get(hostId) ?? [])];
  const held = (hostId: string) => of(hostId).filter((slot) => slot.isHeld && isOpen(slot));
  const withdraw = (slot: Slot) => {
    slot.withdrawn = true;
    if (slot.socket) void closeFirmly(slot.socket, CLOSE.ACCESS_WITHDRAWN, '');
  };

  const tellApart = (slot: Slot) => {
    slot.isSplit = true;
    // An honest agent leaves by itself.
    setTimeout(() => void closeFirmly(slot.socket!, CLOSE.HELD, ''), SPLIT_PATIENCE_MS).unref();
  };

  events.listen('host.access_withdrawn', EVERY, ({ hostId }) => of(hostId).forEach(withdraw));
  events.listen('certificate.superseded', EVERY, ({ hostId, serial }) => {
    for (const slot of of(hostId)) if (slot.serial === serial) withdraw(slot);
  });
  events.listen('host.split', EVERY, ({ hostId, kept }) => {
    // What is still being checked is judged anew when it opens: the person has not seen it.
    for (const slot of of(hostId)) if (slot.socket && slot.id !== kept) tellApart(slot);
    // It comes back at once, and finds nobody who speaks for the host.
    const promoted = held(hostId).find(({ id }) => id === kept);
    if (promoted) void closeFirmly(promoted.socket!, CLOSE.SERVICE_RESTART, '0');
  });
  return {
    reserve(connection) {
      const slot: Slot = {
        ...{ ...connection, id: uuidv7(), reservedAt: new Date() },
        ...{
          withdrawn: false,
          socket: null,
          isHeld: false,
          isRetired: false,
          isSplit: false,
          said: null,
          configuration: null,
          clockOffsetMs: null,
        },
      };
      const reserved = slots.get(slot.hostId) ?? new Set();
      slots.set(slot.hostId, reserved.add(slot));
      return slot;
    },
    holder: (hostId) => of(hostId).find((slot) => speaksForHost(slot) && isOpen(slot)),
    held,
    openCount() {
      let open = 0;
      for (const reserved of slots.values()) for (const slot of reserved) if (isOpen(slot)) open++;
      return open;
    },
    awaitRenewed(slot) {
      if (speaksForHost(slot)) renewed.set(slot.hostId, performance.now() + RENEWED_RETURN_MS);
    },
    isAwaitingRenewed(hostId) {
      const until = renewed.get(hostId) ?? 0;
      if (until <= performance.now()) renewed.delete(hostId);
      return until > performance.now();
    },
    retire(slot) {
      slot.isRetired = true;
      if (slot.socket) void closeFirmly(slot.socket, CLOSE.REPLACED, '');
    },
    open(slot, socket, isHeld = false) {
      const others = held(slot.hostId).length;
      slot.socket = socket;
      slot.isHeld = isHeld;
      if (!isHeld) renewed.delete(slot.hostId);
      if (slot.withdrawn) {
        void closeFirmly(socket, CLOSE.ACCESS_WITHDRAWN, '');
        return false;
      }
      // `closeAll` has passed; nobody else would close it, and the listener waits for its last socket.
      if (closing !== null) {
        void closeFirmly(socket, CLOSE.SERVICE_RESTART, closing);
        return false;
      }
      if (isHeld && others >= MAX_HELD) {
        void closeFirmly(socket, CLOSE.HELD, '');
        return false;
      }
      return true;
    },
    release(slot) {
      const reserved = slots.get(slot.hostId);
      reserved?.delete(slot);
      if (reserved?.size === 0) slots.delete(slot.hostId);
      if (slot.isHeld || of(slot.hostId).some((other) => other.socket && speaksForHost(other))) return false;
      // Not promoted in its place: that would let a copy take over in the moment in which the first one restarts.
      if (closing === null) {
        for (const { socket } of held(slot.hostId))
          void closeFirmly(socket!, CLOSE.TRY_AGAIN_LATER, HELD_RETURN_WINDOW);
      }
      return true;
    },
    isClosing: () => closing !== null,
    async closeAll(reason) {
      closing = reason;
      const open = [...slots.values()].flatMap((reserved) => [...reserved]).flatMap(({ socket }) => socket ?? []);
      await Promise.all(open.map((socket) => closeFirmly(socket, CLOSE.SERVICE_RESTART, reason)));
    },
  };
}
