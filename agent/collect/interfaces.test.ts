import { expect, it } from 'vitest';
import { chooseHardware } from './interfaces';

const link = (name: string, place: string, upper = '') => ({
  name,
  place: `../../devices/${place}/net/${name}`,
  upper,
});

it('tells hardware from what passes on its bytes', () => {
  const links = [link('eth0', 'pci0000:00/0000:00:03.0/virtio0'), link('docker0', 'virtual'), link('bond0', 'virtual')];
  expect([
    ...chooseHardware([
      ...links,
      link('eth1', 'pci0000:00/0000:00:04.0', 'bond0'),
      { name: 'odd', place: '', upper: '' },
    ]),
  ]).toEqual(['eth0', 'eth1']);
});

it('counts a card and the synthetic one above it once', () => {
  const synthetic = link('eth0', 'LNXSYSTM:00/vmbus_0/f5c1');
  expect([...chooseHardware([synthetic, link('enP1s1', 'pci0001:00/0001:00:02.0', 'eth0')])]).toEqual(['eth0']);
});
