import type { CommandReport } from '../protocol';
import type { Machine } from './testing-machine';
import type { Server } from './testing-server';
import { awayMs, type World } from './testing-world';

interface Connection {
  isOpen: boolean;
  isSending: boolean;
}

export type Network = ReturnType<typeof createNetwork>;

/**
 * Between the two ends: in order on one connection; what was under way when that was cut may arrive all the same, and
 * late.
 */
export function createNetwork(world: World, server: Server, machine: () => Machine) {
  const { now, at, chance, between, likely, isFaulty, say } = world;
  let connection: Connection | null = null;
  const doesServerDie = () => isFaulty() && chance(likely.serverCrash);

  function connect(life: number): void {
    if (!machine().isAlive(life) || connection?.isOpen) return;
    const opened = { isOpen: true, isSending: false };
    connection = opened;
    say('they are connected');
    look();
    send();
    const mayCut = () => {
      if (!opened.isOpen || !isFaulty()) return;
      if (chance(likely.cut)) return cut(opened, life);
      at(now() + between(100, 2_000), mayCut);
    };
    at(now() + between(1, 2_000), mayCut);
  }

  function cut(which: Connection, life: number): void {
    if (!which.isOpen) return;
    say('the connection is cut');
    which.isOpen = false;
    if (life === machine().life()) at(now() + awayMs(world, 3_000), () => connect(machine().life()));
  }

  /** The server's inbox of the connection: it tells what is true now. */
  function look(): void {
    const opened = connection;
    if (!opened?.isOpen) return;
    const life = machine().life();
    const { due, cancelled } = server.look();
    if (due.length > 0 && doesServerDie()) {
      say('the server dies before it tells what is sent');
      return cut(opened, life);
    }
    const arrive = machine().whileAlive((runs) => {
      if (!opened.isOpen) return;
      if (due.length > 0) runs.told(due);
      if (cancelled.length > 0) runs.cancel(cancelled);
    });
    at(now() + between(1, 50), arrive);
  }

  /** The agent's reporting: one report at a time. */
  function send(): void {
    const [opened, runs] = [connection, machine().runs()];
    if (!opened?.isOpen || opened.isSending || !runs) return;
    const life = machine().life();
    const sent = runs.nextReport();
    if (!sent) return;
    opened.isSending = true;
    const wire = JSON.stringify(sent.report);
    const store = () => server.store(JSON.parse(wire) as CommandReport);
    const arrive = () => {
      if (doesServerDie()) {
        say('the server dies before it has stored a report');
        return cut(opened, life);
      }
      const over = store();
      if (doesServerDie()) {
        say('the server dies before it answers a report');
        return cut(opened, life);
      }
      const answer = machine().whileAlive((runs) => {
        if (!opened.isOpen) return;
        opened.isSending = false;
        runs.acknowledged(sent, { over });
        send();
      });
      at(now() + between(1, 50), answer);
      look();
    };
    at(now() + between(1, 50), () => {
      if (opened.isOpen) return arrive();
      if (chance(likely.lateDelivery)) at(now() + between(0, 10_000), () => void store());
    });
  }

  return {
    connect,
    look,
    send,
    /** One end of it is gone. */
    lose() {
      if (connection) connection.isOpen = false;
      connection = null;
    },
  };
}
