/** The addresses of one server, or of several that share their hosts and their CA: walked until one works. */
export class Servers {
  private at = 0;
  private failures: string[] = [];

  /**
   * @param addresses at least one, the best first
   * @param onOrder called when another has become the first
   */
  constructor(private addresses: readonly URL[], private readonly onOrder: (addresses: readonly URL[]) => void = () => {}) {}

  /** Whose turn it is. */
  get current(): URL {
    return this.addresses[this.at]!;
  }

  /** The last that worked first. */
  get all(): readonly URL[] {
    return this.addresses;
  }

  /**
   * The server says where it is. What works stays the first, and what it does not name any more is tried last, at most
   * once more: the next time it is gone. Returns whether anything is new.
   */
  learn(named: readonly URL[]): boolean {
    const news = named.filter(({ host }) => !this.addresses.some((known) => known.host === host));
    const { current } = this;
    const isNamed = (address: URL) => named.some(({ host }) => host === address.host);
    const kept = this.addresses.filter((address) => address === current || isNamed(address));
    const next = [...kept.filter(isNamed), ...news, ...kept.filter((address) => !isNamed(address))];
    const isOther = next.length !== this.addresses.length || next.some((address, index) => address !== this.addresses[index]);
    if (!isOther) return false;
    this.addresses = next;
    this.at = next.indexOf(current);
    this.onOrder(next);
    return news.length > 0;
  }

  /**
   * The current one does not work: it is the next one's turn. Returns null when that may be tried at once; when all
   * have had their turn, why none of them worked: the next round begins with the first, and is to wait.
   */
  failed(why: string): string | null {
    this.failures.push(why);
    this.at = (this.at + 1) % this.addresses.length;
    return this.at === 0 ? [...new Set(this.failures.splice(0))].join('; ') : null;
  }

  /** The current one works: it is the first from now on. */
  worked(): void {
    const [first, isNew] = [this.current, this.at > 0];
    this.failures = [];
    this.at = 0;
    if (!isNew) return;
    this.addresses = [first, ...this.addresses.filter((address) => address !== first)];
    this.onOrder(this.addresses);
  }
}
