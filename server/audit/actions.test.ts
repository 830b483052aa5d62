import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { projectRoot } from '../process/project';
import { appRouter } from '../router';
import { actionOf, KINDS } from './record-refusal';

/**
 * Calls that leave no record, however they end: what a connected machine says all the time, and reads that neither tell
 * of people nor are a person's own.
 */
const UNRECORDED = [
  'agents.configuration',
  'agents.heartbeat',
  'agents.inbox',
  'certificates.held',
  'certificates.served',
  'certificates.warnings',
  'commands.abilities',
  'commands.byId',
  'commands.differences',
  'commands.kinds',
  'commands.list',
  'commands.output',
  'commands.outputFile',
  'commands.page',
  'commands.preview',
  'commands.run',
  'commands.runs',
  'configuration.fleet',
  'configuration.fleetVersions',
  'configuration.global',
  'configuration.globalVersions',
  'configuration.host',
  'configuration.hostVersions',
  'configuration.ofHost',
  'configuration.order',
  'configuration.previewFleet',
  'configuration.previewGlobal',
  'configuration.previewHost',
  'configuration.previewOrder',
  'configuration.schema',
  'enrolmentTokens.list',
  'fleets.live',
  'fleets.names',
  'fleets.ofHosts',
  'facts.get',
  'facts.history',
  'facts.software',
  'dashboard.overview',
  'dashboard.quarter',
  'inventory.ansible',
  'inventory.prometheus',
  'metrics.prometheus',
  'metrics.query',
  'hosts.byFqdn',
  'hosts.byId',
  'hosts.certificate',
  'hosts.chart',
  'hosts.cloned',
  'hosts.counts',
  'hosts.events',
  'hosts.list',
  'hosts.metrics',
  'hosts.namesakes',
  'hosts.page',
  'hosts.samples',
  'hosts.suggestTags',
  'hosts.waiting',
  'jobs.byId',
  'jobs.hosts',
  'jobs.list',
  'jobs.page',
  'rules.read',
  'savedCommands.byId',
  'savedCommands.list',
  'users.link',
  'users.me',
  'users.setupOpen',
];

/** What no call is named after. */
const OF_THE_SERVER = [
  'agent.connect',
  'attempt.other',
  'host.adoptKey',
  'host.expire',
  'host.rejectMatching',
  'host.suspectClone',
  'token.spend',
  'user.configure',
  'user.lock',
  'user.rescue',
];

test('every call that may leave a record has words, and so has what the server does by itself', () => {
  const { audit } = JSON.parse(readFileSync(join(projectRoot, 'public/locales/en/translation.json'), 'utf8')) as {
    audit: { action: Record<string, object> };
  };
  const worded = Object.entries(audit.action).flatMap(([noun, verbs]) =>
    Object.keys(verbs).map((verb) => `${noun}.${verb}`),
  );
  const calls = Object.keys(appRouter._def.procedures).filter((path) => !UNRECORDED.includes(path));
  expect(worded.sort()).toEqual([...calls.map(actionOf), ...OF_THE_SERVER].sort());
});

/** Whose object nobody but its owner could name, and whose changes leave no record. */
const OF_NO_OBJECT = ['views.delete'];

test('a refusal of whatever names something by its id is on record with it', () => {
  const calls = Object.entries(appRouter._def.procedures) as unknown as [
    string,
    { _def: { type: string; inputs: unknown[] } },
  ][];
  const nameless = calls.flatMap(([path, { _def }]) => {
    const shapes = _def.inputs.flatMap((input) => (input instanceof z.ZodObject ? [Object.keys(input.shape)] : []));
    const ids = shapes.flat().filter((key) => key.endsWith('Id'));
    return _def.type === 'mutation' && ids.length > 0 && !ids.some((key) => key in KINDS) ? [path] : [];
  });
  expect(nameless).toEqual(OF_NO_OBJECT);
});
