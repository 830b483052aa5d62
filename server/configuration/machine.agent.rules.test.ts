/** The built agent and a real server: a server that goes by another name. */
import { expect, test } from 'vitest';
import { serveApi } from '../agents/testing';
import { configured, PATIENCE, startWaiting, startWorld } from './testing-machine';

test('a fleet follows its server to another name, when the certificate is for that name and of the CA it trusts', async () => {
  const world = await startWorld();
  const { services, server } = world;
  const agent = await configured(world, await startWaiting(world));
  const { port } = new URL(server);
  // The very same place under the other name, which its certificate is not for.
  await agent.want({ server: { addresses: [`https://localhost:${port}`] } });
  expect((await agent.says('rolled_back')).message).toContain('not for localhost');
  // `certificates.names` has the name now: the server has a new certificate of the same CA.
  const named = `https://localhost:${await serveApi(services, ['localhost'])}`;
  await agent.want({ server: { addresses: [named] } });
  expect((await agent.says('applied')).inForce?.document).toMatchObject({ server: { addresses: [named] } });
  expect(agent.output()).toContain(`connected to ${new URL(named).host}`);
  // A unit that names the address of before finds it by its new name, too.
  await agent.restart({ server: 'https://127.0.0.1:1' });
  await expect.poll(agent.output, PATIENCE).toContain(`connected to ${new URL(named).host}`);
}, 240_000);
