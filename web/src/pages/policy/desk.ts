import { computed, signal } from "@preact/signals";
import { adopt, ask, type Checked, type Differences, type InForce, type Proof, type Year } from "../../api/policy";
import { Refused } from "../../api/rest";
import { asNextVersion, nameOf, withParameter } from "../../state/policyText";

const START = "# Our programme's attendance policy. What is not said here is as in every policy.\nname: ours\nversion: 1\n";
const PAUSE = 350; // ms after the last key until the text is read

/** What became of trying one text. */
export interface Trial {
  readonly text: string;
  readonly proof?: Proof;
  readonly differences?: Differences;
  readonly year?: Year;
}

/** A change being tried: its text, what is wrong with it, and what it would do. */
export class Desk {
  readonly force;
  readonly text;
  readonly checked = signal<Checked | null>(null);
  readonly trial = signal<Trial | null>(null);
  readonly doing = signal<string | null>(null);
  readonly trouble = signal<string | null>(null);
  readonly said = signal("");
  readonly changed;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #abort: AbortController | null = null;

  constructor(
    readonly token: string,
    force: InForce,
  ) {
    this.force = signal(force);
    this.text = signal(force.text || START);
    this.changed = computed(() => this.text.value !== (this.force.value.text || START));
    void this.check();
  }

  /** The number as it would be. */
  value(name: string): string {
    return this.checked.value?.parameters?.[name] ?? this.force.value.parameters[name] ?? "";
  }

  set(name: string, value: string): void {
    this.write(withParameter(this.text.value, name, value));
  }

  write(text: string): void {
    // A change is a new version: the number moves by itself, once.
    this.text.value = nameOf(text) === this.force.value.policy ? asNextVersion(text) : text;
    this.trial.value = null;
    this.stop();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.check(), PAUSE);
  }

  async check(): Promise<void> {
    const text = this.text.value;
    const found = await this.#ask<Checked>("check", text);
    if (found && text === this.text.value) this.checked.value = found;
  }

  /** Is it safe, what is decided differently, what does a year look like: one after the other. */
  async try(): Promise<void> {
    const text = this.text.value;
    this.trial.value = { text };
    this.#abort = new AbortController();
    const steps = [["prove", "proof", "Looking for facts under which it would do harm…"], ["differences", "differences", "Looking for what would be decided differently…"], ["year", "year", "Playing a year of sessions…"]] as const;
    for (const [what, key, words] of steps) {
      this.doing.value = words;
      const found = await this.#ask<never>(what, text, this.#abort.signal);
      if (!found || text !== this.text.value) break;
      this.trial.value = { ...this.trial.value, text, [key]: found };
    }
    this.doing.value = null;
  }

  stop(): void {
    this.#abort?.abort();
    this.#abort = null;
    this.doing.value = null;
  }

  async adopt(): Promise<boolean> {
    this.trouble.value = null;
    try {
      this.force.value = await adopt(this.token, this.text.value, this.force.value.policy);
      this.text.value = this.force.value.text;
      this.trial.value = null;
      this.said.value = "It counts from now on.";
      await this.check();
      return true;
    } catch (error) {
      this.trouble.value = error instanceof Refused ? error.message : "";
      return false;
    }
  }

  async #ask<T>(what: string, text: string, signal?: AbortSignal): Promise<T | null> {
    this.trouble.value = null;
    try {
      return await ask<T>(this.token, what, text, signal);
    } catch (error) {
      if (!signal?.aborted) this.trouble.value = error instanceof Refused ? error.message : "";
      return null;
    }
  }
}
