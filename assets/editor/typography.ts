/**
 * French typography while typing (Lexique des règles typographiques en usage à l'Imprimerie nationale): no-break space
 * inside guillemets, before a colon, % and €, narrow one before ; ! ?, real ellipsis, dash and apostrophe.
 * Backspace or Ctrl+Z right after a replacement gives back what was typed.
 */
import { InputRule } from "prosemirror-inputrules";

const NBSP = "\u00a0";
const NARROW = "\u202f";

export interface Correction {
  /** Matched against the text before the cursor, ending with what was just typed. */
  pattern: RegExp;
  replace(match: RegExpMatchArray): string | null;
}

/** A « ? » or « ; » inside an address is part of it. */
const inAddress = (before: string): boolean => /(?:[/@]|www\.)\S*$/.test(before);

export const CORRECTIONS: readonly Correction[] = [
  { pattern: /(^|[\s(\[\u00a0\u202f\ufffc’'])"$/u, replace: (match) => `${match[1] ?? ""}«${NBSP}` },
  { pattern: /[ \u00a0\u202f]?"$/u, replace: () => `${NBSP}»` },
  { pattern: /<<[ ]?$/u, replace: () => `«${NBSP}` },
  { pattern: /[ \u00a0\u202f]?>>$/u, replace: () => `${NBSP}»` },
  { pattern: /« ?$/u, replace: (match) => (match[0] === "« " ? `«${NBSP}` : null) },
  { pattern: / »$/u, replace: () => `${NBSP}»` },
  { pattern: / ([;!?])$/u, replace: (match) => `${NARROW}${match[1] ?? ""}` },
  {
    pattern: /(\S*[\p{L}\p{N})»…])([;!?])$/u,
    replace: (match) => (inAddress(match[1] ?? "") ? null : `${match[1] ?? ""}${NARROW}${match[2] ?? ""}`),
  },
  { pattern: / :$/u, replace: () => `${NBSP}:` },
  // Only once a space follows: « 14:02 » and « https: » are left alone.
  { pattern: /([\p{L})»]): $/u, replace: (match) => `${match[1] ?? ""}${NBSP}: ` },
  { pattern: /\.\.\.$/u, replace: () => "…" },
  { pattern: /--$/u, replace: () => "–" },
  // A hyphen alone between two words is a dash; at the start of a line it begins a list.
  { pattern: /(\S) - $/u, replace: (match) => `${match[1] ?? ""} – ` },
  { pattern: /(\d) ([%€])$/u, replace: (match) => `${match[1] ?? ""}${NBSP}${match[2] ?? ""}` },
  { pattern: /(\p{L})'$/u, replace: (match) => `${match[1] ?? ""}’` },
];

/** What `before` becomes after the first correction that applies; itself when none does. */
export function correct(before: string): string {
  for (const { pattern, replace } of CORRECTIONS) {
    const match = pattern.exec(before);
    const text = match && replace(match);
    if (match && text !== null) return before.slice(0, match.index) + text;
  }
  return before;
}

export function frenchRules(): InputRule[] {
  return CORRECTIONS.map(
    ({ pattern, replace }) =>
      new InputRule(pattern, (state, match, start, end) => {
        const text = replace(match);
        if (text === null) return null;
        // Keep what did not change (and its marks and cursors): replace the differing tail only.
        const typed = match[0];
        let same = 0;
        while (same < text.length && start + same < end && text[same] === typed[same]) same += 1;
        return state.tr.insertText(text.slice(same), start + same, end);
      }),
  );
}
