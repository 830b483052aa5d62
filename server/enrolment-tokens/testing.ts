import { readEnrolmentToken } from '../../agent/enrolment-token';
import type { administratorOf } from '../testing';

type Admin = Awaited<ReturnType<typeof administratorOf>>;

/** A token for any number of machines, unless said otherwise, with what is written in it. */
export async function newTokenOf(
  admin: Admin,
  properties: Partial<Parameters<Admin['enrolmentTokens']['create']>[0]> = {},
) {
  const { id, token } = await admin.enrolmentTokens.create({
    name: 'Rack 7',
    expiresInHours: 24,
    maxUses: null,
    autoApprove: false,
    servers: ['https://sysmanage.example.com'],
    ...properties,
  });
  return { id, token, ...readEnrolmentToken(token) };
}
