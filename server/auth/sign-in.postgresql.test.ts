import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { users } from '../../db/schema';
import { hashPassword } from './password';
import { callerFor, testServices } from '../testing';

// There an I becomes an ı: with the locale's own small letters nobody with an I in their e-mail could sign in.
test('where the database’s locale is Turkish, an I in an e-mail is an I', async () => {
  const services = await testServices();
  await services.db.execute(sql`alter table "user" alter column email type text collate "tr-x-icu"`);
  const password = 'correct horse battery';
  await services.db
    .insert(users)
    .values({ email: 'INFO@example.com', passwordHash: await hashPassword(password), role: 'viewer' });

  for (const email of ['INFO@example.com', 'info@example.com'])
    await callerFor(services, { setCookie: () => {} }).users.signIn({ email, password });
  await expect(services.db.insert(users).values({ email: 'info@example.com', role: 'viewer' })).rejects.toThrow();
});
