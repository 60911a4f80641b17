import { beforeEach, describe, expect, it } from "vitest";
import type { Ack } from "../src/state/wire";
import { type Line, NOWHERE, Talk, type TalkDesk } from "../src/state/talk";

const HERE = { ...NOWHERE, here: true };
const settled = () => new Promise((done) => setTimeout(done, 0));

let sent: [string, Record<string, unknown>][];
let answers: Record<string, Ack>;
let locks: boolean;
let talk: Talk;

const desk: TalkDesk = {
  send: async (name, body) => {
    sent.push([name, body as Record<string, unknown>]);
    return answers[name] ?? { ok: true, rev: 1, n: 5 };
  },
  me: () => "a",
  people: () => [{ key: "therapist", name: "Dr. Rivera" }, { key: "b", name: "Robin" }],
  line: async (readers, text) => (locks ? Object.fromEntries(readers.map((who) => [who, `box:${text}`])) : null),
  read: async (_, box) => (box.startsWith("box:") ? box.slice(4) : null),
};

function line(n: number, more: Partial<Line> = {}): Line {
  return { n, sender: "therapist", to: null, text: `line ${n}`, box: null, ...more };
}

const texts = () => talk.lines.value.map(({ text }) => text);

beforeEach(() => {
  sent = [];
  answers = {};
  locks = true;
  talk = new Talk(desk);
});

describe("the chat of a page", () => {
  it("locks a line for each reader, and for one alone in private", async () => {
    await talk.say("hello", null);
    await talk.say("only you", "therapist");
    expect(sent.map(([, body]) => body)).toEqual([
      { to: null, boxes: { therapist: "box:hello", b: "box:hello" } },
      { to: "therapist", boxes: { therapist: "box:only you" } },
    ]);
    expect(talk.lines.value.map(({ locked, sender }) => [locked, sender])).toEqual([[true, "a"], [true, "a"]]);
  });

  it("sends text where somebody can't open boxes, and says so of that line", async () => {
    locks = false;
    await talk.say("hello", null);
    expect(sent).toEqual([["say", { to: null, text: "hello" }]]);
    expect(talk.lines.value[0]?.locked).toBe(false);
  });

  it("keeps nothing of a line that was refused, and tells why", async () => {
    answers["say"] = { error: { type: "nobody_here", message: "Nobody would read it." } };
    expect(await talk.say("hello", null)).toBe("Nobody would read it.");
    expect(talk.lines.value).toEqual([]);
  });

  it("asks for what was written while the connection was away, after the last line, and shows each once", async () => {
    talk.changed(HERE);
    await settled();
    await talk.heard(line(7));
    answers["read_chat"] = { ok: true, rev: 1, lines: [line(7), line(9)] };
    talk.joined();
    await settled();
    await settled();
    expect(sent.at(-1)).toEqual(["read_chat", { after: 7 }]);
    expect(texts()).toEqual(["line 7", "line 9"]);
  });

  it("asks for nothing while waiting", () => {
    talk.joined();
    expect(sent).toEqual([]);
  });

  it("counts what is unread, and shows the newest of it until it is looked at", async () => {
    await talk.heard(line(1));
    await talk.heard(line(2));
    expect([talk.unread.value, talk.newest.value?.text]).toEqual([2, "line 2"]);
    talk.look(true);
    expect([talk.unread.value, talk.newest.value]).toEqual([0, null]);
    await talk.heard(line(3));
    expect(talk.unread.value).toBe(0);
  });

  it("shows lines in the order in which they came, though boxes take time to open", async () => {
    await Promise.all([talk.heard(line(1, { text: null, box: "box:slow" })), talk.heard(line(2))]);
    expect(texts()).toEqual(["slow", "line 2"]);
  });

  it("counts what this page can't open, and shows a box that comes twice once", async () => {
    await talk.heard(line(1, { text: null, box: "of an older page" }));
    await talk.heard(line(2, { text: null, box: "box:yes" }));
    await talk.heard(line(3, { text: null, box: "box:yes" }));
    expect([talk.closed.value, texts()]).toEqual([1, ["yes"]]);
  });

  it("knows whether one's own hand is up", () => {
    talk.changed({ ...HERE, hands: ["b"] });
    expect(talk.handUp).toBe(false);
    talk.changed({ ...HERE, hands: ["b", "a"] });
    expect(talk.handUp).toBe(true);
  });

  it("shows what the captioner types to everybody as captions, and what they write to one as a message", async () => {
    talk.changed(HERE);
    await settled();
    await talk.heard(line(11, { sender: "captioner", text: "I missed you on Friday." }));
    expect([talk.unread.value, talk.newest.value, talk.messages.value]).toEqual([0, null, []]);
    expect(talk.captions.value.map(({ text }) => text)).toEqual(["I missed you on Friday."]);
    await talk.heard(line(12, { sender: "captioner", to: "a", text: "Am I too slow?" }));
    expect([talk.unread.value, talk.messages.value.length, talk.captions.value.length]).toEqual([1, 1, 1]);
  });
});
