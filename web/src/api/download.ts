import { as, Refused } from "./rest";

/** Fetched with the link’s token, which is in no address, and handed to the browser as a file. */
export async function download(token: string, from: string, name: string): Promise<void> {
  const answer = await fetch(from, { ...as(token), cache: "no-store", credentials: "omit" }).catch(() => null);
  if (!answer?.ok) throw new Refused("unreachable", "That didn’t arrive. Please try again.");
  const address = URL.createObjectURL(await answer.blob());
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  URL.revokeObjectURL(address);
}
