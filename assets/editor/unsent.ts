/** What an earlier visit left unsent on this device: its articles are opened at once, and words with nowhere to go are handed back. */
import type { Keep } from "./keep.ts";
import type { Notices } from "./notices.ts";
import { wordsOf } from "./rescue.ts";
import type { Words } from "./words.ts";

/** `present`: the articles of the text now, none when it is not written any more. Gives those whose words can still go. */
export async function unsent(keep: Keep, present: ReadonlySet<string>, notices: Notices, words: Words): Promise<string[]> {
  const left = await keep.left();
  const late = left.filter(({ article }) => !present.has(article));
  const said = late.map(({ data }) => wordsOf(data)).join("").trim();
  if (said) notices.show("unsent", words("unsent_gone"), said);
  await keep.drop(late.map(({ id }) => id));
  return [...new Set(left.map(({ article }) => article))].filter((ref) => present.has(ref));
}
