/** The article list: folded on a narrow screen, and telling which article one reads. */

export function outline(root: HTMLElement): void {
  const list = root.querySelector<HTMLDetailsElement>("details[data-editor-outline]");
  if (!list) return;
  const wide = window.matchMedia("(min-width: 64rem)");
  const fold = (): void => {
    list.open = wide.matches;
  };
  wide.addEventListener("change", fold);
  fold();
  list.addEventListener("click", (event) => {
    if (!wide.matches && event.target instanceof Element && event.target.closest("a")) list.open = false;
  });
  follow(root);
}

function follow(root: HTMLElement): void {
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) if (isIntersecting) current(root, target.id);
    },
    // A thin band near the top: the section that crosses it is the one being read.
    { rootMargin: "-20% 0px -75% 0px" },
  );
  const watch = (): void => {
    for (const section of root.querySelectorAll<HTMLElement>("section[id^='article-']")) observer.observe(section);
  };
  watch();
  // Articles come while one reads.
  document.body.addEventListener("charte:articles-changed", watch);
}

function current(root: HTMLElement, id: string): void {
  for (const link of root.querySelectorAll<HTMLAnchorElement>("a[data-outline]")) {
    if (link.hash === `#${id}`) link.setAttribute("aria-current", "location");
    else link.removeAttribute("aria-current");
  }
}

/** An article was renamed: its title in the page and in the list. */
export function retitle(root: HTMLElement, ref: string, title: string): void {
  for (const element of root.querySelectorAll<HTMLElement>("[data-article-title], [data-outline-title]"))
    if ((element.dataset.articleTitle ?? element.dataset.outlineTitle) === ref && element.textContent !== title) element.textContent = title;
}
