import { io, type Socket } from "socket.io-client";
import { nodeAt } from "./node";
import { Roads } from "../state/roads";
import type { Ack, Envelope, Problem, Wire, WireHooks } from "../state/wire";

const ANSWER_WITHIN = 8_000;
const CONNECT_WITHIN = 4_000;
const AGAIN_FIRST = 300;
const AGAIN_MOST = 3_000;

/**
 * The Socket.IO connection of a page, to whichever node its session lives on. The token goes into the auth payload and
 * nowhere else. A connection is given up only once the next one stands, except where it was lost.
 */
export function socketWire(token: string): Wire {
  const roads = new Roads();
  let hooks: WireHooks;
  let socket: Socket;
  let next: Socket | null = null;
  let again: ReturnType<typeof setTimeout> | undefined;
  let pause = AGAIN_FIRST;
  let over = false;

  const leave = (old: Socket) => {
    old.off();
    old.offAny();
    old.disconnect();
  };
  const later = (address: string) => {
    clearTimeout(again);
    again = setTimeout(() => go(address), pause);
    pause = Math.min(pause * 2, AGAIN_MOST);
  };
  const go = (address: string) => {
    if (over) return;
    clearTimeout(again);
    roads.at = address;
    if (next) leave(next);
    const coming = (next = opened(address, token));
    coming.on("connect", () => {
      if (socket) leave(socket);
      socket = coming;
      next = null;
      listen(coming);
      hooks.up();
    });
    coming.on("connect_error", (error) => {
      leave(coming);
      next = null;
      const data = (error as Error & { data?: Problem }).data;
      if (data) hooks.refused(data);
      later(data ? address : roads.next());
    });
    coming.connect();
  };
  const listen = (mine: Socket) => {
    mine.on("disconnect", () => {
      hooks.down();
      if (!next) later(roads.next());
    });
    mine.onAny((name: string, envelope: Envelope) => {
      if (name === "moved") go((envelope.data["address"] as string | null) ?? "");
      else hooks.event(name, envelope);
    });
  };
  return {
    ask: async (event, body) => {
      const asked = socket;
      const ack = (await asked.timeout(ANSWER_WITHIN).emitWithAck(event, body)) as Ack;
      if (event === "join" && asked === socket) {
        const elsewhere = ack.error?.address;
        if (ack.ok) {
          pause = AGAIN_FIRST;
          roads.arrived(ack.nodes ?? []);
        } else if (elsewhere !== undefined) {
          if (roads.sentTo(elsewhere)) go(elsewhere);
          else later("");
        } else {
          later(roads.at); // unless this was the last word, and the page closes the wire
        }
      }
      return ack;
    },
    start: (wanted: WireHooks) => {
      hooks = wanted;
      go("");
    },
    close: () => {
      over = true;
      clearTimeout(again);
      if (next) leave(next);
      if (socket) leave(socket);
    },
  };
}

function opened(address: string, token: string): Socket {
  const { origin, path } = nodeAt(address);
  return io(`${origin}/session`, {
    path: `${path}/socket.io`,
    transports: ["websocket"],
    auth: { token },
    autoConnect: false,
    forceNew: true,
    reconnection: false,
    timeout: CONNECT_WITHIN,
  });
}
