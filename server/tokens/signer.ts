import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { deriveKey } from '../process/derive-key';

const TOKEN_MINUTES = 10;

/** Ours alone: no other server, and nothing else that this one signs, makes a token that says so. */
const TYPE = 'sysmanage-token+jwt';
const ALGORITHM = 'HS256';
const ISSUER = 'sysmanage';
const AUDIENCE = 'sysmanage-api';

const claims = z.object({ sub: z.uuid(), sid: z.uuid(), jti: z.uuid(), exp: z.number() });

interface TokenClaims {
  userId: string;
  chainId: string;
  jti: string;
  expiresAt: Date;
}

export interface TokenSigner {
  /** A JWT (RFC 7519) for one use within ten minutes. */
  sign(claims: Omit<TokenClaims, 'expiresAt'>, now?: Date): Promise<{ token: string; expiresAt: Date }>;
  /**
   * What a token says, if this server signed it for this purpose and it is not too old. Whether it was used is not its
   * matter.
   */
  verify(token: string, now?: Date): Promise<TokenClaims | 'expired' | 'invalid'>;
}

/** @param serverSecret any process that is to accept the tokens must have the same */
export function createTokenSigner(serverSecret: string): TokenSigner {
  const key = deriveKey(serverSecret, 'sysmanage api token v1');
  return {
    async sign({ userId, chainId, jti }, now = new Date()) {
      // Whole seconds, as the token says it.
      const expires = Math.floor(now.getTime() / 1000) + TOKEN_MINUTES * 60;
      const token = await new SignJWT({ sid: chainId })
        .setProtectedHeader({ alg: ALGORITHM, typ: TYPE })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(userId)
        .setJti(jti)
        .setIssuedAt(now)
        .setExpirationTime(expires)
        .sign(key);
      return { token, expiresAt: new Date(expires * 1000) };
    },
    async verify(token, now = new Date()) {
      try {
        // Type and algorithm are pinned: what a token says of itself must not decide how it is judged (RFC 8725, 3.1
        // and 3.11).
        const { payload } = await jwtVerify(token, key, {
          algorithms: [ALGORITHM],
          typ: TYPE,
          issuer: ISSUER,
          audience: AUDIENCE,
          currentDate: now,
        });
        const { sub, sid, jti, exp } = claims.parse(payload);
        return { userId: sub, chainId: sid, jti, expiresAt: new Date(exp * 1000) };
      } catch (error) {
        if (error instanceof errors.JWTExpired) return 'expired';
        if (error instanceof errors.JOSEError || error instanceof z.ZodError) return 'invalid';
        throw error;
      }
    },
  };
}
