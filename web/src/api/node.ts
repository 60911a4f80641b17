/** Where a node is: `address` is an origin, perhaps with a path below which a proxy has it; "" is where the page came from. */
export function nodeAt(address: string): { readonly origin: string; readonly path: string } {
  const { origin, pathname } = new URL(address || location.origin, location.origin);
  return { origin, path: pathname.replace(/\/$/, "") };
}
