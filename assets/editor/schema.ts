/**
 * What an article may contain. The server checks the same list (charter/drafting/live/schema.py); whatever is pasted is parsed
 * through it, so foreign styles, images and scripts fall away while their text stays.
 */
import { Schema, type DOMOutputSpec, type MarkSpec, type NodeSpec } from "prosemirror-model";
import { safeHref } from "./links.ts";

/** Grows with every node, mark or attribute, with the server's own: an editor that does not know a node deletes it. */
export const SCHEMA_VERSION = 2;
export const LONGEST_NOTE = 2000;

const HEADINGS = [3, 4];

/** Stops a document that the server would refuse before it is shown. */
function must(valid: (value: unknown) => boolean, what: string): (value: unknown) => void {
  return (value) => {
    if (!valid(value)) throw new RangeError(`not ${what}: ${String(value)}`);
  };
}

const isLevel = (value: unknown): boolean => typeof value === "number" && HEADINGS.includes(value);
const isStart = (value: unknown): boolean => value === null || (Number.isInteger(value) && Number(value) >= 0 && Number(value) < 1_000_000);
const isAddress = (value: unknown): boolean => typeof value === "string" && safeHref(value) !== null;
const isCommentId = (value: unknown): boolean => typeof value === "string" && /^[\w-]{1,64}$/.test(value);
export const isNote = (value: unknown): boolean =>
  typeof value === "string" && value.trim() !== "" && [...value].length <= LONGEST_NOTE && !/\p{Cc}/u.test(value);

/** A note's words as they are kept: on one line, not too long. */
export function noteWords(text: string): string {
  const line = text.replace(/[\s\p{Cc}]+/gu, (space) => (/[\u00a0\u202f]/.test(space) ? space : " ")).replace(/\p{Cc}/gu, " ");
  return [...line.trim()].slice(0, LONGEST_NOTE).join("").trim();
}

/** The first number of a list that does not start at one. */
function startOf(list: HTMLElement): number | null {
  const start = Number.parseInt(list.getAttribute("start") ?? "", 10);
  return start > 1 && start < 1_000_000 ? start : null;
}

const styleOf = (node: HTMLElement): string => node.getAttribute("data-style") ?? "";

const nodes: Record<string, NodeSpec> = {
  doc: { content: "block+" },
  paragraph: { group: "block", content: "inline*", parseDOM: [{ tag: "p" }], toDOM: (): DOMOutputSpec => ["p", 0] },
  heading: {
    group: "block",
    content: "inline*",
    attrs: { level: { default: 3, validate: must(isLevel, "a level") } },
    defining: true,
    // An article's own title is outside its text: whatever rank a pasted heading had, it becomes one of the two kept.
    parseDOM: [
      { tag: "h1", attrs: { level: 3 } },
      { tag: "h2", attrs: { level: 3 } },
      { tag: "h3", attrs: { level: 3 } },
      { tag: "h4", attrs: { level: 4 } },
      { tag: "h5", attrs: { level: 4 } },
      { tag: "h6", attrs: { level: 4 } },
    ],
    toDOM: (node): DOMOutputSpec => [`h${HEADINGS.includes(Number(node.attrs.level)) ? Number(node.attrs.level) : 3}`, 0],
  },
  bullet_list: { group: "block list", content: "list_item+", parseDOM: [{ tag: "ul" }], toDOM: (): DOMOutputSpec => ["ul", 0] },
  ordered_list: {
    group: "block list",
    content: "list_item+",
    attrs: { order: { default: null, validate: must(isStart, "a list's first number") } },
    parseDOM: [{ tag: "ol", getAttrs: (node) => ({ order: startOf(node) }) }],
    toDOM: (node): DOMOutputSpec => (typeof node.attrs.order === "number" ? ["ol", { start: String(node.attrs.order) }, 0] : ["ol", 0]),
  },
  list_item: {
    content: "paragraph (paragraph | list)*",
    defining: true,
    parseDOM: [{ tag: "li" }],
    toDOM: (): DOMOutputSpec => ["li", 0],
  },
  // No cell spans several: rows may be of different lengths for a moment when two people change a table at once.
  table: {
    group: "block",
    content: "table_row+",
    isolating: true,
    parseDOM: [{ tag: "table" }],
    toDOM: (): DOMOutputSpec => ["div", { class: "rich-table" }, ["table", ["tbody", 0]]],
  },
  table_row: {
    content: "(table_header | table_cell)+",
    parseDOM: [{ tag: "tr" }],
    toDOM: (): DOMOutputSpec => ["tr", 0],
  },
  table_header: {
    content: "paragraph+",
    isolating: true,
    parseDOM: [{ tag: "th" }],
    toDOM: (): DOMOutputSpec => ["th", { scope: "col" }, 0],
  },
  table_cell: {
    content: "paragraph+",
    isolating: true,
    parseDOM: [{ tag: "td" }],
    toDOM: (): DOMOutputSpec => ["td", 0],
  },
  text: { group: "inline" },
  note: {
    group: "inline",
    inline: true,
    atom: true,
    attrs: { text: { validate: must(isNote, "a note") } },
    parseDOM: [
      {
        tag: "sup[data-note]",
        getAttrs: (node) => {
          const text = noteWords(node.getAttribute("data-note") ?? "");
          return text ? { text } : false;
        },
      },
    ],
    toDOM: (node): DOMOutputSpec => ["sup", { class: "note-call", "data-note": String(node.attrs.text) }],
  },
  hard_break: {
    group: "inline",
    inline: true,
    selectable: false,
    parseDOM: [{ tag: "br" }],
    toDOM: (): DOMOutputSpec => ["br"],
    leafText: () => "\n",
  },
};

const marks: Record<string, MarkSpec> = {
  strong: {
    parseDOM: [
      { tag: "strong" },
      // Google Docs wraps whole pastes in a <b> of normal weight.
      { tag: "b", getAttrs: (node) => (/(?<!-)font-weight:\s*(?:normal|400)/.test(styleOf(node)) ? false : null) },
      { tag: "span", consuming: false, getAttrs: (node) => (/(?<!-)font-weight:\s*(?:bold|[6-9]00)/.test(styleOf(node)) ? null : false) },
    ],
    toDOM: (): DOMOutputSpec => ["strong", 0],
  },
  em: {
    parseDOM: [
      { tag: "i" },
      { tag: "em" },
      { tag: "span", consuming: false, getAttrs: (node) => (/(?<!-)font-style:\s*italic/.test(styleOf(node)) ? null : false) },
    ],
    toDOM: (): DOMOutputSpec => ["em", 0],
  },
  link: {
    attrs: { href: { validate: must(isAddress, "an address") } },
    inclusive: false,
    parseDOM: [
      {
        tag: "a[href]",
        getAttrs: (node) => {
          const href = safeHref(node.getAttribute("href") ?? "");
          return href ? { href } : false;
        },
      },
    ],
    toDOM: (mark): DOMOutputSpec => ["a", { href: safeHref(String(mark.attrs.href)) ?? "#", rel: "noopener noreferrer" }, 0],
  },
  comment: {
    attrs: { id: { validate: must(isCommentId, "a comment") } },
    inclusive: false,
    // Two comments may cover the same words.
    excludes: "",
    // No parse rule: a copied passage leaves its comments where they were.
    toDOM: (mark): DOMOutputSpec => ["span", { class: "comment-mark", "data-comment": String(mark.attrs.id) }, 0],
  },
};

export const schema = new Schema({ nodes, marks });
