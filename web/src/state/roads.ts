const HOPS = 4;

/** Where a page may find its session: the node that it was last at, the others it heard of, and its own address (""). */
export class Roads {
  at = "";
  #nodes: readonly string[] = [];
  #hops = 0;

  /** The seat is taken here; these are the nodes, the session's own first. */
  arrived(nodes: readonly string[]): void {
    this.#nodes = nodes;
    this.#hops = 0;
  }

  /** Sent on to another node. False when that has happened too often: then wait, and ask again where we came from. */
  sentTo(address: string): boolean {
    this.#hops += 1;
    const follow = this.#hops <= HOPS;
    if (!follow) this.#hops = 0;
    this.at = follow ? address : "";
    return follow;
  }

  /** Nobody answers where we are: the next place to try, each in turn. */
  next(): string {
    const all = [...new Set([...this.#nodes, ""])];
    this.at = all[(all.indexOf(this.at) + 1) % all.length] ?? "";
    return this.at;
  }
}
