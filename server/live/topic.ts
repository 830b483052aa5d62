import type { Permission } from '../auth/permissions';
import type { Session } from '../auth/session';

/** What a noun says of its topic. */
export interface Source<Value> {
  permission: Permission;
  isKey(key: string): boolean;
  /**
   * Which of these keys the session may hear of. Every key that a page is told anything of has been through this: it is
   * the place for whatever narrows what somebody sees. A key that is not among them is gone, for that page.
   */
  visibleTo(session: Session, keys: readonly string[]): Promise<readonly string[]>;
  /** The same of several sessions, in their order, where that is one question for all of them. */
  visibleToEach?(each: readonly { session: Session; keys: readonly string[] }[]): Promise<(readonly string[])[]>;
  /**
   * What is true now. A key that is missing in the answer is gone. A page is not told the very object again that it was
   * told last.
   */
  read(keys: string[]): Promise<ReadonlyMap<string, Value>>;
  /** Compares what it keeps in memory with the rows. Called once a minute while any page is open. */
  confirm?(): Promise<void>;
}

/** How a noun tells of changes. */
export interface Topic<Value> {
  /** Whether any page shows it. */
  isWatched(key: string): boolean;
  /** These fields are now so. They are sent as they are: nothing is read. */
  patch(key: string, patch: Partial<Value>): void;
  /** Something of it changed, and only its row says what: it is read once, for all pages that want it. */
  stale(key: string, options?: { isNews?: boolean }): void;
  /** Something changed, and nobody says of which keys: all that any page shows is read. */
  staleAll(): void;
  /**
   * Who may see it may be others now: whoever sees some keys only is judged anew. It is gone for who sees it no more,
   * and news to who sees it since.
   */
  moved(key: string): void;
  gone(key: string): void;
}
