import { expect, test } from 'vitest';
import { enrolmentTokens, users } from '../../db/schema';
import { administratorOf, browserOf, callerFor, testServices } from '../testing';

test.each(['signOutEverywhere', 'deactivate', 'delete'] as const)(
  'what somebody gave out ends with %s',
  async (act) => {
    const services = await testServices();
    const boss = await administratorOf(services, 'boss@example.com');
    const [rogue] = await services.db
      .insert(users)
      .values({ email: 'rogue@example.com', passwordHash: '-', role: 'administrator' })
      .returning();
    const api = await browserOf(services, rogue!.id);
    const bossId = (await boss.users.me())!.id;
    const links = [
      await api.users.renewLink({ userId: bossId }),
      (await api.users.invite({ email: 'x@example.com', name: '', role: 'administrator' })).link,
    ];
    const made = { expiresInHours: 1, maxUses: null, servers: ['https://server.example.com'] };
    await api.enrolmentTokens.create({ ...made, name: 'approves', autoApprove: true });
    await api.enrolmentTokens.create({ ...made, name: 'waits', autoApprove: false });

    await boss.users[act]({ userId: rogue!.id });

    for (const { token } of links)
      await expect(callerFor(services).users.useLink({ token, password: 'rogue was here 99' })).rejects.toMatchObject({
        appCode: 'link.closed',
      });
    const tokens = await services.db.select().from(enrolmentTokens).orderBy(enrolmentTokens.name);
    expect(tokens.map(({ revokedAt }) => revokedAt !== null)).toEqual([true, false]);
    await services.audit.seal();
    const records = await services.db.query.auditRecords.findMany();
    expect(records).toContainEqual(
      expect.objectContaining({
        action: `user.${act}`,
        after: expect.objectContaining({ linksEnded: 2, enrolmentTokensRevoked: 1 }),
      }),
    );
  },
);
