import { inEnglish } from '../words/say';
import type { Said } from '../words/words';

/** Each that is dead costs time at a reconnect. */
const MOST = 16;

/** The addresses of one server, or of several that share their hosts and their CA: walked until one works. */
export class Servers {
  private at = 0;
  private failures: Said[] = [];
  /** While others are tried: those that were there before. */
  private former: readonly URL[] | null = null;
  private replacing = new AbortController();
  /** Why the last of them did not work; empty while none was tried in vain. */
  lastFailure: Said = '';

  /**
   * @param addresses at least one, the best first
   * @param onOrder called when another has become the first
   */
  constructor(
    private addresses: readonly URL[],
    private readonly onOrder: (addresses: readonly URL[]) => void = () => {},
  ) {}

  /** Whose turn it is. */
  get current(): URL {
    return this.addresses[this.at]!;
  }

  /** The last that worked first. */
  get all(): readonly URL[] {
    return this.addresses;
  }

  /**
   * The server says where it is. The current one stays the first, then come those that are new, then the others, of
   * which the last go when there are too many. Returns whether any is new; nothing changes without.
   */
  learn(named: readonly URL[]): boolean {
    // What is tried is tried alone.
    if (this.former) return false;
    const isIn = (addresses: readonly URL[], { host }: URL) => addresses.some((one) => one.host === host);
    const news = named.filter((address) => !isIn(this.addresses, address));
    if (news.length === 0) return false;
    const others = this.addresses.filter((address) => address !== this.current);
    const isNamed = (address: URL) => isIn(named, address);
    const sorted = [...others.filter(isNamed), ...others.filter((address) => !isNamed(address))];
    this.addresses = [this.current, ...news, ...sorted].slice(0, MOST);
    this.at = 0;
    this.onOrder(this.addresses);
    return true;
  }

  /**
   * The current one does not work: it is the next one's turn. Returns null when that may be tried at once; when all
   * have had their turn, why none of them worked: the next round begins with the first, and is to wait.
   */
  failed(why: Said): Said | null {
    this.lastFailure = why;
    this.failures.push(why);
    this.at = (this.at + 1) % this.addresses.length;
    if (this.at > 0) return null;
    const said = this.failures.splice(0);
    return [...new Map(said.map((one) => [inEnglish(one), one])).values()];
  }

  /** The current one works: it is the first from now on. */
  worked(): void {
    const [first, isNew] = [this.current, this.at > 0];
    this.failures = [];
    this.at = 0;
    if (!isNew) return;
    this.addresses = [first, ...this.addresses.filter((address) => address !== first)];
    if (!this.former) this.onOrder(this.addresses);
  }

  /** While others are tried: those that were there before. */
  get confirmed(): readonly URL[] {
    return this.former ?? this.addresses;
  }

  /** Aborts when other addresses have taken the place of these: what is under way to one of them is to end. */
  get replaced(): AbortSignal {
    return this.replacing.signal;
  }

  /** Whether what is there now is only tried: a refusal by one of them says nothing of this machine's standing. */
  get isTrying(): boolean {
    return this.former !== null;
  }

  /** These take the place of all others, which are kept until it is known whether these work. */
  tryInstead(addresses: readonly URL[]): void {
    this.former ??= this.addresses;
    this.replace(addresses);
  }

  /** What was tried works: it is kept. Connections go on. */
  keepTried(): void {
    if (!this.former) return;
    this.former = null;
    this.onOrder(this.addresses);
  }

  /** To those that were there before. */
  goBack(): void {
    if (!this.former) return;
    const { former } = this;
    this.former = null;
    this.replace(former);
  }

  private replace(addresses: readonly URL[]): void {
    this.addresses = addresses;
    this.at = 0;
    this.failures = [];
    this.lastFailure = '';
    const { replacing } = this;
    this.replacing = new AbortController();
    replacing.abort();
  }
}
