/**
 * Every word the island shows comes from the page (`<script type="application/json" id="editor-words">`), written by
 * `templates/pages/drafting/_editor_words.html`. Placeholders are `{name}`.
 */

export const WORD_KEYS = [
  "editor_label", "toolbar", "placeholder",
  "heading", "subheading", "bold", "italic", "bullets", "numbers", "link", "undo", "redo", "comment", "shortcut", "key_shift",
  "link_title", "link_address", "link_hint", "link_invalid", "link_apply", "link_remove", "cancel",
  "connecting", "connected", "saving", "saved_at", "offline", "offline_owed", "frozen", "read_only",
  "denied", "bye_revoked", "bye_restart", "bye_overloaded", "bye_invalid",
  "refused_frozen", "refused_read_only", "refused_invalid", "refused_too_big", "refused_unknown_article", "refused_overloaded",
  "reset", "your_words", "close",
  "people_alone", "people_one", "people_many", "me", "person_here", "person_in", "person_writing", "writing",
] as const;

export type WordKey = (typeof WORD_KEYS)[number];
export type Words = (key: WordKey, values?: Record<string, string | number>) => string;

export function wordsFrom(dictionary: Record<string, unknown>): Words {
  return (key, values = {}) => {
    const text = dictionary[key];
    if (typeof text !== "string") return key;
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
  };
}

export function readWords(): Words {
  const source = document.getElementById("editor-words")?.textContent ?? "{}";
  return wordsFrom(JSON.parse(source) as Record<string, unknown>);
}
