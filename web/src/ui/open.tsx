import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { linkToken, redeem, type Redeemed, Refused } from "../api/rest";
import { troubleOf } from "../words/people";
import { Busy, Message, Page } from "./page";

export type Opening<T> =
  | { readonly state: "opening" }
  | { readonly state: "trouble"; readonly code: string; readonly message: string }
  | { readonly state: "open"; readonly link: Redeemed; readonly token: string; readonly data: T };

/** Redeems this page's link and loads what it is for. */
export function opening<T>(load: (token: string, link: Redeemed) => Promise<T>) {
  const state = signal<Opening<T>>({ state: "opening" });
  const begin = async () => {
    const token = linkToken();
    try {
      if (!token) throw new Refused("missing", "");
      const link = await redeem(token);
      state.value = { state: "open", link, token, data: await load(token, link) };
    } catch (error) {
      const refused = error instanceof Refused ? error : new Refused("unreachable", "");
      state.value = { state: "trouble", code: refused.code, message: refused.message };
    }
  };
  addEventListener("hashchange", () => location.reload());
  void begin();
  return state;
}

/** The page while it opens, where it can't, and else what `children` makes of it. */
export function Opened<T>(props: {
  readonly opening: Opening<T>;
  readonly children: (open: Extract<Opening<T>, { state: "open" }>) => ComponentChildren;
}) {
  const { opening: now } = props;
  if (now.state === "open") return <>{props.children(now)}</>;
  if (now.state === "opening")
    return (
      <Page>
        <Busy whole words="One moment…" />
      </Page>
    );
  return (
    <Page foot={<a href="tel:988">Crisis line 988</a>}>
      <Message {...troubleOf(now.code, now.message)}>
        {(now.code === "unreachable" || now.code === "too_many_requests" || now.code === "unavailable") && (
          <p>
            <button class="primary" type="button" onClick={() => location.reload()}>
              Try again
            </button>
          </p>
        )}
      </Message>
    </Page>
  );
}
