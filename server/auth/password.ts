import { hash, verify } from '@node-rs/argon2';

/** argon2id with the library's defaults, which are OWASP's first choice: 19 MiB, 2 passes, 1 lane. Returns the PHC string. */
export const hashPassword = (password: string): Promise<string> => hash(password);

/** A hash of nothing anyone knows, to spend the same time on an unknown user as on a wrong password. */
const decoy = hash(crypto.randomUUID());

/** `hash` null: there is no such user. Takes as long, and is false. */
export async function isPasswordOf(hash: string | null, password: string): Promise<boolean> {
  const matches = await verify(hash ?? (await decoy), password);
  return hash !== null && matches;
}
