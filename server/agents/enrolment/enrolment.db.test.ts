import { X509Certificate } from 'node:crypto';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import type { EnrolmentProof } from '../../../agent/protocol';
import { makeKeys } from '../../certificates/testing';
import { createContext } from '../../context';
import { administratorOf, registrationOf, strangerOf, testServices } from '../../testing';
import { collectCertificate } from './collect-certificate';
import { proofOf } from '../testing';

test('the same key finds its own row again, also when it asks twice at once', async () => {
  const services = await testServices();
  const registration = await registrationOf('web-01.example.com');

  const answers = await Promise.all([1, 2, 3].map(() => strangerOf(services).agents.register(registration)));
  const later = await strangerOf(services).agents.register({ ...registration, fqdn: 'another-name.example.com' });

  expect(new Set([...answers, later].map(({ enrolmentId }) => enrolmentId)).size).toBe(1);
  const { hosts } = await (await administratorOf(services)).hosts.waiting();
  expect(hosts.map(({ fqdn }) => fqdn)).toEqual(['web-01.example.com']);
});

test('the waiting agent hears of its approval at once and collects its certificate', async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  const keys = await makeKeys();
  const enrolment = await strangerOf(services).agents.register(await registrationOf('web-01.example.com', keys));
  const proof = await proofOf(keys, enrolment);
  await expect(strangerOf(services).agents.certificate(proof)).rejects.toMatchObject({ appCode: 'agent.not_approved' });

  const decision = strangerOf(services).agents.enrolment({ ...proof, known: 'pending' });
  await admin.hosts.approve({ hostId: enrolment.enrolmentId });

  expect(await decision).toEqual({ status: 'approved' });
  const { certificate } = await strangerOf(services).agents.certificate(proof);
  expect(certificate).toContain('BEGIN CERTIFICATE');
});

test('a waiting agent hears that its host was deleted', async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  const keys = await makeKeys();
  const enrolment = await strangerOf(services).agents.register(await registrationOf('web-01.example.com', keys));

  const decision = strangerOf(services).agents.enrolment({ ...(await proofOf(keys, enrolment)), known: 'pending' });
  decision.catch(() => undefined); // asserted below; it may reject before that line is reached
  await admin.hosts.delete({ hostId: enrolment.enrolmentId });

  await expect(decision).rejects.toMatchObject({ appCode: 'agent.unknown' });
});

test('nobody without the registered key learns the decision or gets the certificate', async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  const stranger = strangerOf(services);
  const keys = await makeKeys();
  const enrolment = await stranger.agents.register(await registrationOf('web-01.example.com', keys));
  const other = await stranger.agents.register(await registrationOf('web-02.example.com'));
  await admin.hosts.approve({ hostId: enrolment.enrolmentId });
  const proof = await proofOf(keys, enrolment);

  const forgeries: EnrolmentProof[] = [
    await proofOf(await makeKeys(), enrolment),
    { ...proof, signature: '' },
    { ...proof, signature: proof.signature.slice(4) },
    { ...proof, challenge: other.challenge },
    { ...proof, enrolmentId: other.enrolmentId },
    { ...proof, challenge: `9${proof.challenge}` },
    { ...proof, challenge: '' },
  ];
  for (const forgery of forgeries) {
    await expect(stranger.agents.certificate(forgery)).rejects.toMatchObject({ appCode: 'agent.proof_invalid' });
    await expect(stranger.agents.enrolment({ ...forgery, known: 'pending' })).rejects.toMatchObject({
      appCode: 'agent.proof_invalid',
    });
  }
});

test('a certificate that has lapsed is replaced for the holder of the same key, and only while the host is approved', async () => {
  const services = await testServices({ SYSMANAGE_CERTIFICATES_CLIENT_DAYS: '30' });
  const admin = await administratorOf(services);
  const keys = await makeKeys();
  const enrolment = await strangerOf(services).agents.register(await registrationOf('web-01.example.com', keys));
  await admin.hosts.approve({ hostId: enrolment.enrolmentId });
  const proof = await proofOf(keys, enrolment);
  const first = await strangerOf(services).agents.certificate(proof);
  expect(await strangerOf(services).agents.certificate(proof)).toEqual(first);

  const after = (days: number) => new Date(Date.now() + days * 24 * 60 * 60 * 1000);
  const context = createContext(services, 'api', new IncomingMessage(new Socket()));
  const second = await collectCertificate(context, proof, after(40));
  expect(second).not.toEqual(first);
  expect(Date.parse(new X509Certificate(second.certificate).validTo)).toBeGreaterThan(after(60).getTime());

  await admin.hosts.revoke({ hostId: enrolment.enrolmentId });
  await expect(collectCertificate(context, proof, after(40))).rejects.toMatchObject({ appCode: 'agent.not_approved' });
});

test('an old challenge is worth nothing', async () => {
  const services = await testServices();
  const keys = await makeKeys();
  const { enrolmentId } = await strangerOf(services).agents.register(await registrationOf('web-01.example.com', keys));
  const challenge = services.challenges.issue(enrolmentId, Date.now() - 61 * 60 * 1000);

  const proof = await proofOf(keys, { enrolmentId, challenge });

  await expect(strangerOf(services).agents.certificate(proof)).rejects.toMatchObject({
    appCode: 'agent.challenge_expired',
  });
});

test('waiting rows are capped, and what is known already is not refused', async () => {
  const services = await testServices({ SYSMANAGE_ENROLMENT_MAX_PENDING: '2' });
  const registrations = [
    await registrationOf('a.example.com'),
    await registrationOf('b.example.com'),
    await registrationOf('c.example.com'),
  ];
  const [a, b, c] = registrations as [(typeof registrations)[0], (typeof registrations)[0], (typeof registrations)[0]];
  await strangerOf(services).agents.register(a);
  await strangerOf(services).agents.register(b);

  await expect(strangerOf(services).agents.register(c)).rejects.toMatchObject({ appCode: 'agent.too_many_pending' });
  expect((await strangerOf(services).agents.register(a)).status).toBe('pending');
});
