import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:dgram';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Log } from '../process/log';
import { findNeighbourhoods, isNeighbour, type Choice, type Neighbourhood } from './interfaces';
import { PORTS, writeRequest } from './message';
import { createMessageReader } from './read-messages';
import { score, type Candidate } from './score';
import { keepHearing, openTowards, sendToEverybody } from './sockets';

/**
 * When requests are sent, in milliseconds: where one of five packets is lost, a question without its answer is one of
 * three.
 */
const ASK_AT_MS = [0, 250, 550, 900, 1_300, 1_700, 2_100, 2_500];
/** So long answers are collected. */
const COLLECT_MS = 3_000;
/** A network has a few servers. Whoever says that it has thousands must not fill the memory: the worst make room. */
const MOST = 32;
/** Of announcements: a network has a few servers, each of which says something once a minute. */
export const HEARD = { most: 100, sliceMs: 1_000 };

export interface Looking {
  interfaces: Choice;
  ports?: typeof PORTS;
  /** Of the CAs that this machine trusts, or is to trust; null: none yet, any server may be looked at. */
  pins: readonly string[] | null;
  hostname: string;
  platform: string;
  log: Log;
  signal: AbortSignal;
}

export interface Search {
  /**
   * Asks everybody on the chosen interfaces and returns the servers that have answered, or were heard since the last
   * time, the best first: after three seconds, or as soon as one with a known pin has answered. Rejects with the
   * signal's reason, and with an Error when nothing could be sent anywhere.
   */
  ask(): Promise<Candidate[]>;
  /** Resolves when an announcement comes that counts. */
  heard(): Promise<void>;
  close(): Promise<void>;
}

/** Looks for servers whose signature holds for the CA that they name. Hears announcements until it is closed. */
export async function openSearch({
  ports = PORTS,
  interfaces,
  pins,
  hostname,
  platform,
  log,
  signal,
}: Looking): Promise<Search> {
  let found = new Map<string, Candidate>();
  let asked: { nonce: string; at: number; answered: AbortController } | null = null;
  let onHeard = () => {};

  const read = createMessageReader({ pins: () => pins, log });

  function take(packet: Buffer, source: string, place: Neighbourhood, isAnswer: boolean) {
    const message = read(packet, source, isAnswer ? asked?.nonce : undefined);
    if (!message || (isAnswer && !asked)) return;
    const answeredMs = isAnswer && asked ? performance.now() - asked.at : null;
    const worth = score({ isKnown: pins !== null, isNeighbour: !place.isLoopback, source, answeredMs }, message);
    // One that is met by several ways, of IPv4 and IPv6 for one, is taken by its best.
    const { ca_pin, hostname: name, api_port } = message.server_info;
    const key = `${ca_pin} ${name} ${api_port}`;
    if (worth.score > (found.get(key)?.score ?? 0)) found.set(key, { message, source, ...worth });
    if (found.size > MOST)
      found.delete([...found].reduce((worst, one) => (one[1].score < worst[1].score ? one : worst))[0]);
    if (pins) asked?.answered.abort();
    if (!isAnswer) onHeard();
  }

  const failures = new Set<string>();
  let canAsk = false;
  const hearing = keepHearing({
    choice: interfaces,
    port: ports.announcements,
    isShared: true,
    budget: HEARD,
    onPacket: (packet, { address }, place) => take(packet, address, place, false),
    onLook: (fault) => fault && log.debug(`announcements of servers are not heard: ${fault}`),
  });
  await hearing.ready;

  async function send(sockets: Map<Neighbourhood, Socket>): Promise<void> {
    const request = writeRequest({
      hostname,
      platform,
      nonce: asked!.nonce,
      timestamp: Date.now(),
      request_config: true,
    });
    // Anew each time: an interface may come up while we look.
    for (const place of findNeighbourhoods(interfaces)) {
      try {
        const same = [...sockets.keys()].find((one) => isDeepStrictEqual(one, place)) ?? place;
        const socket =
          sockets.get(same) ??
          (await openTowards(
            place,
            (packet, { address }) => isNeighbour(address, place) && take(packet, address, place, true),
            () => sockets.delete(same),
          ));
        sockets.set(same, socket);
        canAsk = true;
        await sendToEverybody(socket, place, ports.beacon, request);
      } catch (error) {
        failures.add(`${place.interfaceName}: ${(error as Error).message}`);
      }
    }
  }

  return {
    async ask() {
      const sockets = new Map<Neighbourhood, Socket>();
      const answered = new AbortController();
      asked = { nonce: randomBytes(16).toString('base64url'), at: performance.now(), answered };
      failures.clear();
      canAsk = false;
      try {
        const end = AbortSignal.any([signal, answered.signal]);
        for (const [index, at] of ASK_AT_MS.entries()) {
          await send(sockets);
          await pause((ASK_AT_MS[index + 1] ?? COLLECT_MS) - at, undefined, { signal: end }).catch(() => {});
          signal.throwIfAborted();
          if (answered.signal.aborted) break;
        }
        if (!canAsk)
          throw new Error(`nobody can be asked for a server (${[...failures].join('; ') || 'no such interface'})`);
        for (const failure of failures) log.debug(`looking for a server: ${failure}`);
        const candidates = [...found.values()].sort((a, b) => b.score - a.score);
        found = new Map();
        return candidates;
      } finally {
        asked = null;
        for (const socket of sockets.values()) socket.close();
      }
    },
    heard: () => new Promise((resolve) => (onHeard = resolve)),
    close: () => hearing.stop(),
  };
}
