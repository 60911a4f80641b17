import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { tell } from "../words/room";

interface PageProps {
  readonly children: ComponentChildren;
  readonly aside?: ComponentChildren;
  readonly foot?: ComponentChildren;
  readonly speed?: number;
  readonly read?: boolean;
  readonly wide?: boolean;
}

/** The frame of every page that one person reads on a phone. */
export function Page({ children, aside, foot, speed = 1, read = false, wide = false }: PageProps) {
  return (
    <>
      <Demo speed={speed} />
      <div class={`page${read ? " read" : ""}${wide ? " wide" : ""}`}>
        <header>
          <Brand />
          {aside}
        </header>
        <main>{children}</main>
        {foot && <footer>{foot}</footer>}
      </div>
    </>
  );
}

export function Brand() {
  return (
    <span class="brand">
      <i aria-hidden="true" />
      Dyad
    </span>
  );
}

/** In a demo the clocks may run faster; every page says so. */
export function Demo({ speed }: { readonly speed: number }) {
  if (speed === 1) return null;
  return (
    <aside class="demo" aria-label={tell("About this demo")}>
      {tell("Demo: the clocks run {speed} times as fast.", { speed })}
    </aside>
  );
}

let shownBefore = false;

/** A screen's heading. When the screen changes the focus goes here, so that a screen reader says where one is. */
export function Title({ children, tab }: { readonly children: ComponentChildren; readonly tab: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${tab} – Dyad`;
  }, [tab]);
  useEffect(() => {
    if (shownBefore) heading.current?.focus();
    shownBefore = true;
    scrollTo(0, 0);
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}

/** Nothing to do here but to read a sentence or two. */
export function Message(props: {
  readonly title: string;
  readonly text: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <div class="lead">
      <Title tab={props.title.replace(/\.$/, "")}>{props.title}</Title>
      <p class="soft">{props.text}</p>
      {props.children}
    </div>
  );
}

/** `whole`: it is all that the page says yet, so it is the heading too. */
export function Busy({ words, whole = false }: { readonly words: string; readonly whole?: boolean }) {
  return (
    <div class="lead soft busy" role="status">
      {whole ? <h1>{words}</h1> : words}
    </div>
  );
}

/** What was looked for didn’t come; why is said elsewhere on the page. */
export function Again({ onAgain }: { readonly onAgain: () => void }) {
  return (
    <p class="lead">
      <button type="button" onClick={onAgain}>
        Try again
      </button>
    </p>
  );
}

export function Clinic({ phone, words = tell("Call the clinic"), crisis = tell("Crisis line 988") }: { readonly phone: string | null; readonly words?: string; readonly crisis?: string }) {
  return (
    <>
      {phone && <a href={`tel:${phone.replace(/[^+\d]/g, "")}`}>{words}</a>}
      <a href="tel:988">{crisis}</a>
    </>
  );
}
