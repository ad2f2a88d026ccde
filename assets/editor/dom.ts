/** Making elements without markup strings: no injection, nothing for the content security policy to refuse. */

type Attributes = Record<string, string>;

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** 24-unit line drawings, one path each. */
const DRAWINGS: Record<string, string> = {
  search: "M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13M15.5 15.5 21 21",
  heading: "M5 5v14M15 5v14M5 12h10",
  subheading: "M6 8v10M13 8v10M6 13h7M17 13h3v5",
  bold: "M7 5h6a3.5 3.5 0 0 1 0 7H7zm0 7h7a3.5 3.5 0 0 1 0 7H7z",
  italic: "M10 5h7M7 19h7M14 5l-4 14",
  bullets: "M10 6h10M10 12h10M10 18h10M5 6h.01M5 12h.01M5 18h.01",
  numbers: "M11 6h9M11 12h9M11 18h9M4 5l1.5-1v5M4 15.5c0-2 3-2 3 0 0 1.5-3 2-3 3.5h3",
  link: "M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1",
  undo: "M9 14 4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3",
  redo: "M15 14l5-5-5-5M20 9H10a6 6 0 0 0 0 12h3",
  comment: "M4 5h16v11H11l-5 4v-4H4zM8 9h8M8 12h5",
  table: "M4 5h16v14H4zM4 10h16M4 14.5h16M12 5v14",
  note: "M4 7h7M4 12h11M4 17h11M17 5l2-1v6M17 10h4",
  "row-above": "M4 13h16v6H4zM12 3v6M9 6h6",
  "row-below": "M4 5h16v6H4zM12 15v6M9 18h6",
  "column-before": "M13 4h6v16h-6zM3 12h6M6 9v6",
  "column-after": "M5 4h6v16H5zM15 12h6M18 9v6",
  "row-remove": "M4 9h16v6H4zM10 3l4 3M14 3l-4 3",
  "column-remove": "M9 4h6v16H9zM18 9l3 4M21 9l-3 4",
  "table-remove": "M4 5h16v14H4zM9 9l6 6M15 9l-6 6",
};

export function drawing(name: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", class: "editor-icon", "aria-hidden": "true", focusable: "false" }))
    svg.setAttribute(key, value);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", DRAWINGS[name] ?? "");
  svg.append(path);
  return svg;
}

/** `root`'s element for `selector`; made and appended when the page did not give it. */
export function slot(root: HTMLElement, name: string, tag: "div" | "p" = "div"): HTMLElement {
  const found = root.querySelector<HTMLElement>(`[data-editor-${name}]`);
  if (found) return found;
  const made = make(tag, { [`data-editor-${name}`]: "" });
  root.append(made);
  return made;
}
