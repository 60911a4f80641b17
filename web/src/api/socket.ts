import { io, type Socket } from "socket.io-client";
import type { Ack, Envelope, Problem, Wire, WireHooks } from "../state/wire";

const ANSWER_WITHIN = 8_000;
const AGAIN_AFTER = 2_000;

/** The Socket.IO connection of a page. The token goes into the auth payload and nowhere else. */
export function socketWire(token: string): Wire {
  const socket: Socket = io("/session", {
    transports: ["websocket"],
    auth: { token },
    autoConnect: false,
    reconnectionDelay: 300,
    reconnectionDelayMax: 3_000,
  });
  let again: ReturnType<typeof setTimeout> | undefined;
  const later = () => {
    clearTimeout(again);
    again = setTimeout(() => socket.connect(), AGAIN_AFTER);
  };
  return {
    ask: async (event, body) => (await socket.timeout(ANSWER_WITHIN).emitWithAck(event, body)) as Ack,
    start: (hooks: WireHooks) => {
      socket.on("connect", hooks.up);
      socket.on("disconnect", (reason) => {
        hooks.down();
        if (reason === "io server disconnect") later();
      });
      socket.on("connect_error", (error) => {
        const data = (error as Error & { data?: Problem }).data;
        if (data) hooks.refused(data);
        if (!socket.active) later();
      });
      socket.onAny((name: string, envelope: Envelope) => hooks.event(name, envelope));
      socket.connect();
    },
    close: () => {
      clearTimeout(again);
      socket.off();
      socket.offAny();
      socket.disconnect();
    },
  };
}
