// Three digits are a number too: 988, 911.
const NUMBER = /\+?\(?\d(?:[\d ().-]*\d)?/g;

/** A text in pieces, in order: each telephone number in it with what is dialled for it, and the words between. */
export function numbersIn(text: string): { readonly text: string; readonly tel: string | null }[] {
  const pieces: { text: string; tel: string | null }[] = [];
  let from = 0;
  for (const found of text.matchAll(NUMBER)) {
    const tel = found[0].replace(/[^+\d]/g, "");
    if (tel.replace("+", "").length < 3) continue;
    pieces.push({ text: text.slice(from, found.index), tel: null }, { text: found[0], tel });
    from = found.index + found[0].length;
  }
  return [...pieces, { text: text.slice(from), tel: null }].filter((piece) => piece.text);
}
