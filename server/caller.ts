import type { AgentIdentity, AgentRefusal } from './agents/agent-identity';
import type { Session } from './auth/session';

/** Who calls. It knows no service, so that everything may know it. */
export interface Caller {
  requestId: string;
  /**
   * Which door it came through. Strangers' machines are heard on the API listener only, cookies count on the web
   * listener only, and what a connected host says counts in the sealed frames of its channel only.
   */
  listener: 'web' | 'api' | 'channel';
  /** The peer's address. On the web listener the one that a trusted proxy names. */
  address: string;
  /** What the browser calls itself; any text. */
  userAgent: string;
  /** By cookie. Who shows a token or a key instead is found by the guard, because finding out spends the token. */
  session: Session | null;
  /** The user whose call it is, by cookie, token or key, once that is known: for what is logged of it, and no right. */
  calledBy?: string;
  /** The host whose client certificate this connection showed, verified. */
  agent: AgentIdentity | null;
  /** Why there is no `agent`, where one might be. For the log: the wire never says. */
  agentRefusal: AgentRefusal | null;
}
