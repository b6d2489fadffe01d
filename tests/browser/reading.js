// Everything a person may read or hear on this page: text (folded-away parts and grid cells included), and the
// attributes that are spoken or shown. Each as [kind, words].
(() => {
  const found = [];
  const skipped = "script, style, noscript, template, [translate=no], textarea, [data-testid=stExpanderIcon]";
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const words = node.data.trim();
    if (!words || node.parentElement.closest(skipped)) continue;
    const cell = node.parentElement.closest("canvas td");
    const data = node.parentElement.closest("[lang]:not(html)");
    found.push([data ? `lang-${data.lang}` : cell ? "cell" : "text", words]);
  }
  for (const element of document.body.querySelectorAll("[aria-label], [title], [placeholder], [alt]")) {
    for (const name of ["aria-label", "title", "placeholder", "alt"]) {
      const words = (element.getAttribute(name) || "").trim();
      if (words) found.push([name, words]);
    }
  }
  for (const field of document.body.querySelectorAll("input, textarea")) {
    if (field.value && field.type !== "hidden") found.push(["value", field.value]);
  }
  found.push(["title", document.title]);
  return found;
})()
