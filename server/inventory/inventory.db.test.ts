import { beforeEach, expect, test } from 'vitest';
import { seedHosts } from '../hosts/testing';
import { administratorOf, personOn, testServices } from '../testing';

let services: Awaited<ReturnType<typeof testServices>>;
let admin: Awaited<ReturnType<typeof administratorOf>>;

beforeEach(async () => {
  services = await testServices();
  admin = await administratorOf(services);
});

const seed = (...wanted: Parameters<typeof seedHosts>[1]) => seedHosts(services.db, wanted);

test('approved hosts stand under their fleets, tags, platform and state; what waits does not', async () => {
  await seed(
    { fqdn: 'web', tags: ['env:prod', 'rack-4'], presence: 'up' },
    { fqdn: 'db', platform: 'freebsd' },
    { fqdn: 'new', approval: 'pending', tags: ['env:prod'] },
  );
  await admin.fleets.create({ name: 'The shop', rule: 'tags has env' });
  const { _meta, ...groups } = await admin.inventory.ansible({});
  expect(groups).toEqual({
    all: {
      children: [
        ...['ungrouped', 'fleet_the_shop', 'platform_freebsd', 'platform_linux', 'state_never', 'state_up'],
        ...['tag_env_prod', 'tag_rack_4'],
      ],
    },
    fleet_the_shop: { hosts: ['web'] },
    tag_env_prod: { hosts: ['web'] },
    tag_rack_4: { hosts: ['web'] },
    platform_linux: { hosts: ['web'] },
    platform_freebsd: { hosts: ['db'] },
    state_up: { hosts: ['web'] },
    state_never: { hosts: ['db'] },
  });
  expect(_meta.hostvars['web']).toMatchObject({ sysmanage_os_version: '12', sysmanage_tags: ['env:prod', 'rack-4'] });
  expect(Object.keys(_meta.hostvars).sort()).toEqual(['db', 'web']);
});

test('names that would be one group stay apart', async () => {
  const [one, other] = (await seed({ fqdn: 'one', tags: ['a:b'] }, { fqdn: 'other', tags: ['a-b'] })) as [
    string,
    string,
  ];
  for (const [name, hostId] of [
    ['My shop', one],
    ['my-shop', other],
    ['店', one],
    ['铺', other],
  ] as const) {
    const { id: fleetId } = await admin.fleets.create({ name });
    await admin.fleets.putHost({ fleetId, hostId });
  }
  const groups = (await admin.inventory.ansible({})) as Record<string, { hosts: string[] }>;
  const named = Object.entries(groups).filter(([name]) => /^(fleet|tag)_/.test(name));
  expect(named).toHaveLength(6);
  for (const [name, { hosts }] of named) {
    expect(name).toMatch(/^(fleet_my_shop|fleet|tag_a_b)_+[0-9a-f]{8}$/);
    expect(hosts).toHaveLength(1);
  }
});

test('nothing that a machine says of itself is a template where Ansible runs', async () => {
  const code = "{{ lookup('pipe', 'id') }}";
  await seed({
    ...{ fqdn: 'web', osName: code, osVersion: '{% raw %}', agentVersion: '{# x #}', tags: [code, 'env'] },
    addresses: ['192.0.2.7'],
  });
  const { _meta, ...groups } = await admin.inventory.ansible({});
  expect(JSON.stringify({ _meta, groups })).not.toMatch(/\{\{|\{%|\{#/);
  expect(Object.keys(_meta.hostvars['web']!).sort()).toEqual([
    ...[
      'sysmanage_addresses',
      'sysmanage_id',
      'sysmanage_machine_tags',
      'sysmanage_platform',
      'sysmanage_state',
      'sysmanage_tags',
    ],
  ]);
  expect(_meta.hostvars['web']!['sysmanage_tags']).toEqual(['env']);
});

test('Prometheus gets a target for each, with what it can be relabelled by', async () => {
  const [web] = await seed({ fqdn: 'web', tags: ['env:prod'] }, { fqdn: 'db', platform: 'freebsd' });
  await admin.fleets.create({ name: 'Shop', rule: 'tags has env' });
  const targets = await admin.inventory.prometheus({ filter: 'platform = linux', port: 9182 });
  expect(targets).toEqual([
    {
      targets: ['web:9182'],
      labels: {
        __meta_sysmanage_host_id: web,
        __meta_sysmanage_fqdn: 'web',
        __meta_sysmanage_platform: 'linux',
        __meta_sysmanage_state: 'never',
        __meta_sysmanage_os_name: 'Debian GNU/Linux',
        __meta_sysmanage_os_version: '12',
        __meta_sysmanage_fleets: ',Shop,',
        __meta_sysmanage_tags: ',env:prod,',
        __meta_sysmanage_machine_tags: '',
      },
    },
  ]);
});

test('of hosts and fleets that somebody may not see there is nothing', async () => {
  const [mine] = await seed({ fqdn: 'mine', tags: ['env'] }, { fqdn: 'theirs', tags: ['env'] });
  await admin.fleets.create({ name: 'Secret', rule: 'tags has env' });
  const somebody = await personOn(services, { role: 'viewer', hostIds: [mine!] });
  expect(JSON.stringify(await somebody.inventory.ansible({}))).not.toMatch(/theirs|secret/i);
  expect(JSON.stringify(await somebody.inventory.prometheus({}))).not.toMatch(/theirs|secret/i);
  expect((await somebody.inventory.prometheus({})).map(({ targets }) => targets)).toEqual([['mine:9100']]);
});

test('each host is there once, however many there are', async () => {
  await seed(...Array.from({ length: 2001 }, (_, i) => ({ fqdn: `host-${i}`, keyFingerprint: `key ${i}` })));
  const targets = await admin.inventory.prometheus({});
  expect(new Set(targets.map(({ targets: [target] }) => target)).size).toBe(2001);
  expect(targets).toHaveLength(2001);
});
