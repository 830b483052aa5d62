/** One CA follows another: agents hear of the new one over their channel, and nobody touches a machine. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openIdentity } from '../../agent/identity';
import { run } from '../../agent/run';
import { openStateFolder } from '../../agent/state/open-folder';
import { keepingIn, makeStateFolder, recordLog } from '../../agent/testing';
import { replaceCertificate } from '../api';
import { loadAuthority } from '../certificates/authority/authority';
import { ensureServerCertificate } from '../certificates/served/ensure-server-certificate';
import { administratorOf, testServices } from '../testing';
import { serveApiOn } from './testing';

test(
  'an agent hears of the next CA, stores it, and goes on when the server has changed over, with the pin it was given',
  { timeout: 60_000 },
  async () => {
    const services = await testServices();
    const admin = await administratorOf(services);
    const api = await serveApiOn(services);
    const { port } = api.address() as { port: number };
    const folder = makeStateFolder();
    openStateFolder(folder);
    const startAgent = () => {
      const { log, lines, until } = recordLog();
      const stop = new AbortController();
      const servers = [new URL(`https://127.0.0.1:${port}`)];
      const expectedPins = [services.authority.pin];
      const ended = run({
        folder,
        servers,
        token: null,
        identity: openIdentity(folder),
        expectedPins,
        once: false,
        log,
        ...keepingIn(folder, log),
        signal: stop.signal,
        random: () => 0,
      }).catch(() => {}); // our own signal's reason
      const end = async () => {
        stop.abort();
        await ended;
      };
      onTestFinished(end);
      return { until, end, connections: () => lines.filter((line) => line.includes('connected to')).length };
    };
    const agent = startAgent();
    await agent.until('waiting for an administrator');
    const { hosts } = await admin.hosts.waiting();
    const hostId = hosts[0]!.id;
    await admin.hosts.approve({ hostId });
    await agent.until('connected to');
    const breakOff = () => services.sockets.holder(hostId)!.socket!.terminate();

    // The administrator puts the next CA into ca.crt; the former one signs as before.
    const directory = mkdtempSync(join(tmpdir(), 'sysmanage-next-ca-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const next = await loadAuthority(directory);
    services.authority.anchors.push(...next.anchors);
    breakOff();
    await agent.until(`the server vouches for another CA, which is trusted from now on: ${next.pin}`);
    expect(readFileSync(join(folder, 'ca.crt'), 'utf8').match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(readFileSync(join(folder, 'server.fingerprint'), 'utf8').split('\n').filter(Boolean)).toEqual([
      services.authority.pin,
      next.pin,
    ]);

    // Then the next one's certificate is served.
    replaceCertificate(api, await ensureServerCertificate(next, { directory, names: ['127.0.0.1'] }));
    breakOff();
    await expect.poll(agent.connections).toBe(3);
    expect(services.sockets.holder(hostId)).toBeDefined();

    // And a machine that starts anew knows it as well.
    await agent.end();
    await startAgent().until('connected to');
  },
);
