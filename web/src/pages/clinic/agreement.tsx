import { useEffect, useState } from "preact/hooks";
import { type Agreement, agreement, setAgreement } from "../../api/clinic";
import { Text } from "../../ui/fields";
import { Busy, Title } from "../../ui/page";
import type { Desk } from "./desk";

type Texts = Readonly<Record<"en" | "es", string>>;

/** The attendance agreement in both languages: a new version, which everybody is asked to sign anew. */
export function AgreementPage({ desk }: { readonly desk: Desk }) {
  const [seen, setSeen] = useState<Agreement | null>(null);
  const [texts, setTexts] = useState<Texts>({ en: "", es: "" });
  useEffect(() => {
    void desk.give(async () => {
      const found = await agreement(desk.token);
      setSeen(found);
      setTexts({ en: found.paragraphs.en.join("\n\n"), es: found.paragraphs.es.join("\n\n") });
    });
  }, []);
  if (!seen) return desk.trouble.value ? <Title tab="The agreement">The agreement</Title> : <Busy words="One moment…" />;
  const changed = (["en", "es"] as const).some((language) => paragraphs(texts[language]).join("\n\n") !== seen.paragraphs[language].join("\n\n"));
  const save = async () => {
    const kept = await desk.give(() => setAgreement(desk.token, { en: paragraphs(texts.en), es: paragraphs(texts.es) }, seen.version), "The new version counts. Everybody is asked to sign it.");
    if (kept) desk.go({ at: "home" });
  };
  return (
    <form class="col" onSubmit={(event) => (event.preventDefault(), void save())}>
      <div>
        <Title tab="The attendance agreement">The attendance agreement</Title>
        <p class="soft">Version {seen.version}. Each partner reads it on their own page and signs alone. A new version is signed anew by everybody.</p>
      </div>
      <div class="two">
        {(["en", "es"] as const).map((language) => (
          <section key={language} class="sheet">
            <Text
              label={language === "en" ? "In English" : "In Spanish"}
              hint="An empty line between paragraphs. Plain words; no blame."
              rows={20}
              value={texts[language]}
              onValue={(text) => setTexts({ ...texts, [language]: text })}
            />
          </section>
        ))}
      </div>
      <div class="row wrap">
        <button class="primary" type="submit" disabled={desk.busy.value || !changed}>
          Let version {seen.version + 1} count
        </button>
        <button class="quiet" type="button" onClick={() => desk.go({ at: "home" })}>
          Back
        </button>
      </div>
    </form>
  );
}

function paragraphs(text: string): string[] {
  return text
    .split(/\n\s*\n/)
    .map((one) => one.replace(/\s+/g, " ").trim())
    .filter(Boolean);
}
