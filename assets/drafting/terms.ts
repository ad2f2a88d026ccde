/**
 * Defined words of a text one reads: their definition in place. Without this script the word leads to the list at the end of the page.
 * Markup: `<a class="term" href="#mot-REF" data-term="REF">`, `<dd id="mot-REF">`.
 */

const box = document.createElement("div");
box.className = "term-box";
box.id = "term-box";
box.setAttribute("role", "status");
box.hidden = true;

let shown: HTMLElement | null = null;

function show(link: HTMLElement): boolean {
  const meaning = document.getElementById(`mot-${link.dataset.term}`);
  if (!meaning) return false;
  if (!box.isConnected) document.body.append(box);
  shown = link;
  box.hidden = false;
  box.textContent = meaning.textContent;
  place(link);
  return true;
}

/** Under the word, never past the side of the page. */
function place(link: HTMLElement): void {
  box.style.setProperty("left", "0");
  const { left, bottom } = link.getBoundingClientRect();
  const room = document.documentElement.clientWidth - box.offsetWidth - 12;
  box.style.setProperty("left", `${Math.max(12, Math.min(left, room)) + window.scrollX}px`);
  box.style.setProperty("top", `${bottom + 6 + window.scrollY}px`);
}

window.addEventListener("resize", () => !box.hidden && shown && place(shown));

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest<HTMLElement>("a.term") : null;
  if (link && show(link)) event.preventDefault();
  else if (!(event.target instanceof Element && event.target.closest("#term-box"))) box.hidden = true;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") box.hidden = true;
});
document.addEventListener("focusout", () => (box.hidden = true));

export {};
