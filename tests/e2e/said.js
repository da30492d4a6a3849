// Records what a screen reader says by itself: each text that comes or changes in a live region. For tests/e2e/test_said.py.
(() => {
  const REGION = "[role=status], [role=alert], [role=timer], [aria-live]";
  window.said = { texts: [], faults: [] };
  /** Its text as it is said: without signs, and without what is not shown. */
  const words = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    if (node.nodeType !== Node.ELEMENT_NODE || node.matches("[aria-hidden=true], button, select")) return "";
    return [...node.childNodes].map(words).join(" ");
  };
  const isOff = (region) => region.matches("[role=timer], [aria-live=off]");
  const say = (region, node, added, once) => {
    const atomic = node.parentElement?.closest("[aria-atomic=true]");
    const whole = atomic && region.contains(atomic) ? atomic : node;
    const text = words(whole).replace(/\s+/g, " ").trim();
    if (text === "" || once.has(whole)) return;
    once.add(whole);
    const name = region.closest("[data-testid], [class]") ?? region;
    const where = name.dataset.testid ?? name.className;
    const atOnce = region.matches("[role=alert]");
    if (region.parentElement?.closest("[role=status], [role=alert]")) window.said.faults.push(`${where} is in another region`);
    // A browser may not report the words that come together with their region, but those of an alert.
    if (added === region && !atOnce) window.said.faults.push(`${where} comes with its words: ${text}`);
    window.said.texts.push({ text, where, atOnce });
  };
  new MutationObserver((records) => {
    const seen = new Set();
    // Two words of one region that change together are said once.
    const once = new Set();
    for (const { type, target, addedNodes } of records) {
      for (const node of type === "characterData" ? [target] : addedNodes) {
        if (!node.isConnected || seen.has(node)) continue;
        seen.add(node);
        const within = node.parentElement?.closest(REGION);
        if (within) {
          if (!isOff(within)) say(within, node, null, once);
        } else if (node.nodeType === Node.ELEMENT_NODE) {
          const own = [...(node.matches(REGION) ? [node] : []), ...node.querySelectorAll(REGION)];
          for (const region of own.filter((each) => !isOff(each) && each.isConnected)) say(region, region, region, once);
        }
      }
    }
  }).observe(document, { subtree: true, childList: true, characterData: true });
})();
