/**
 * The address while a page is printed. Browsers print it in the margin of the paper, and it has the code of the link.
 */

/** Leave the code out of the address while the browser prints. */
export function hideCodeInPrint(): void {
  let hash = "";
  const show = (): void => {
    if (hash !== "") history.replaceState(history.state, "", hash);
    hash = "";
  };
  addEventListener("beforeprint", () => {
    hash ||= location.hash;
    history.replaceState(history.state, "", location.pathname + location.search);
  });
  addEventListener("afterprint", show);
  // If the preview is never closed in the regular way: the address is needed to reload the page.
  addEventListener("pagehide", show);
}
