/** The built agent and a real server: tags in agent.yaml. */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { configured, PATIENCE, startWaiting, startWorld } from '../../configuration/testing-machine';
import { keepSettled } from '../../fleets/keep-settled';

test('tags of agent.yaml come with the first hello, follow an edit without a restart, and are no drift', async () => {
  const world = await startWorld();
  const { services, admin } = world;
  const settling = keepSettled(services);
  try {
    const { id: fleetId } = await admin.fleets.create({ name: 'Rack 12', rule: 'all_tags has "rack:12"' });
    const agent = await configured(world, await startWaiting(world, { yaml: 'tags: [ "env:prod" ]\n' }));
    const { hostId } = agent;
    const tags = async () => (await admin.hosts.byId({ hostId })).host.agentTags;
    const members = async () => (await admin.fleets.hosts({ fleetId })).hosts.map(({ id }) => id);
    await expect.poll(tags, PATIENCE).toEqual(['env:prod']);
    const connections = () => agent.output().split('connected to').length;
    const before = connections();

    const yaml = readFileSync(agent.path('agent.yaml'), 'utf8');
    writeFileSync(agent.path('agent.yaml'), yaml.replace('[ "env:prod" ]', '[ "env:prod", "rack:12" ]'));
    await expect.poll(members, PATIENCE).toEqual([hostId]);
    expect(await tags()).toEqual(['env:prod', 'rack:12']);
    // What means nothing changes nothing.
    appendFileSync(agent.path('agent.yaml'), 'tags: [ again ]\n');
    await expect.poll(agent.output, PATIENCE).toContain('what it said before still counts');
    expect(await tags()).toEqual(['env:prod', 'rack:12']);
    writeFileSync(agent.path('agent.yaml'), yaml.replace('tags: [ "env:prod" ]\n', ''));
    await expect.poll(tags, PATIENCE).toEqual([]);
    await expect.poll(members, PATIENCE).toEqual([]);

    expect((await admin.configuration.ofHost({ hostId })).drift).toEqual([]);
    expect(connections()).toBe(before);
  } finally {
    await settling.stop();
  }
}, 240_000);
