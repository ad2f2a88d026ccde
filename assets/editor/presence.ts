/** Who is here, where, and who writes: initials, name and party in words; colour only helps. */
import { make } from "./dom.ts";
import type { Person, You } from "./protocol.ts";
import type { CursorOwner } from "./view.ts";
import type { Words } from "./words.ts";

/** The same person writing in the same article is told again after this many milliseconds only. */
const TELL_AGAIN = 30_000;

function badge(person: Person): HTMLElement {
  return make("span", { class: "person-badge", "data-party": String(person.party_color), "aria-hidden": "true" }, person.initials);
}

export class Presence {
  private people: Person[] = [];
  private you: You | null = null;
  private readonly told = new Map<string, number>();
  private readonly summary = make("summary", { class: "people-summary" });
  private readonly list = make("ul", { class: "people-list" });
  private readonly writing = make("p", { class: "people-writing" });

  constructor(
    private readonly place: HTMLElement,
    private readonly root: HTMLElement,
    private readonly words: Words,
    private readonly articleNumber: (ref: string) => number | null,
    private readonly say: (text: string) => void,
  ) {
    place.replaceChildren(make("details", { class: "people" }, this.summary, this.list), this.writing);
    place.hidden = true;
  }

  welcome(you: You): void {
    this.you = you;
  }

  update(people: Person[]): void {
    this.people = people;
    this.render();
    this.tell();
  }

  /** The page's articles changed: numbers and places are said anew. */
  redraw(): void {
    this.render();
  }

  clear(): void {
    this.update([]);
    this.place.hidden = true;
  }

  /** Whose cursor it is, by what the server bound to that client id; null when it bound nothing. */
  owner(ref: string, clientId: number): CursorOwner | null {
    const person = this.people.find(({ clients }) => clients?.[ref] === clientId);
    return person ? { name: person.name, color: person.party_color } : null;
  }

  /** One entry a person, whatever the number of windows; the window that is in an article tells where. */
  private distinct(): Person[] {
    const byPerson = new Map<string, Person>();
    for (const person of this.people) {
      const known = byPerson.get(String(person.person));
      if (!known || (!known.article && person.article) || person.typing) byPerson.set(String(person.person), person);
    }
    return [...byPerson.values()];
  }

  private isMe(person: Person): boolean {
    return this.you !== null && String(person.person) === String(this.you.person);
  }

  private where(person: Person): string {
    const number = person.article === null ? null : this.articleNumber(person.article);
    if (number === null) return this.words("person_here");
    return this.words(person.typing ? "person_writing" : "person_in", { number });
  }

  private render(): void {
    const people = this.distinct();
    this.place.hidden = people.length === 0;
    const others = people.filter((person) => !this.isMe(person)).length;
    const count = others === 0 ? this.words("people_alone") : this.words(others === 1 ? "people_one" : "people_many", { count: others });
    this.summary.replaceChildren(
      make("span", { class: "people-badges", "aria-hidden": "true" }, ...people.slice(0, 6).map(badge)),
      make("span", {}, count),
    );
    this.list.replaceChildren(...people.map((person) => this.entry(person)));
    this.writing.textContent = this.whoWrites(people);
    this.renderOutline(people);
  }

  private entry(person: Person): HTMLElement {
    const name = this.isMe(person) ? this.words("me", { name: person.name }) : person.name;
    const where = person.article === null || this.articleNumber(person.article) === null ? this.where(person) : this.way(person, person.article);
    const text = make("span", {}, make("strong", {}, name), ` · ${person.party} · `, where);
    return make("li", {}, badge(person), text);
  }

  /** One goes where somebody is. */
  private way(person: Person, ref: string): HTMLElement {
    return make("a", { href: `#article-${ref}` }, this.where(person));
  }

  /** In words, without opening the list: the first ones, or the page would never be still. */
  private whoWrites(people: Person[]): string {
    const writers = people.filter((person) => person.typing && !this.isMe(person) && person.article !== null);
    const said = writers.map(({ name, article }) => ({ name, number: this.articleNumber(article ?? "") }));
    return said.filter(({ number }) => number !== null).slice(0, 2).map(({ name, number }) => this.words("writing", { name, number: number ?? "" })).join(" · ");
  }

  /** Initials beside each article's link. */
  private renderOutline(people: Person[]): void {
    for (const link of this.root.querySelectorAll<HTMLElement>("[data-outline]")) {
      const here = people.filter((person) => person.article === link.dataset.outline && !this.isMe(person));
      link.querySelector(".outline-people")?.remove();
      if (here.length === 0) continue;
      const names = make("span", { class: "visually-hidden" }, ` (${here.map(({ name }) => name).join(", ")})`);
      link.append(make("span", { class: "outline-people" }, ...here.slice(0, 4).map(badge), names));
    }
  }

  private tell(): void {
    const now = Date.now();
    for (const person of this.people) {
      const number = person.article === null ? null : this.articleNumber(person.article);
      if (!person.typing || number === null || this.isMe(person)) continue;
      const key = `${person.person} ${person.article}`;
      if (now - (this.told.get(key) ?? -Infinity) < TELL_AGAIN) continue;
      this.told.set(key, now);
      this.say(this.words("writing", { name: person.name, number }));
    }
  }
}
