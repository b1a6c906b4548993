/* Complains to the console, where the test hears it: about a page that scrolls sideways, and about a lost focus. */
(() => {
  "use strict";
  let standing = null;
  const isLost = () => document.activeElement === document.body;
  function measure() {
    const { scrollWidth } = document.documentElement;
    if (scrollWidth > innerWidth) console.error(`${location.pathname} is ${scrollWidth} px wide, the window ${innerWidth}`);
  }

  addEventListener("load", measure);
  /* Who pressed Tab meanwhile may have left the page at its end: only what is gone or hidden loses the focus. */
  document.addEventListener("htmx:beforeSwap", () => { standing = isLost() ? null : document.activeElement; });
  document.addEventListener("htmx:afterSettle", () => {
    measure();
    if (standing && isLost() && !(standing.isConnected && standing.checkVisibility())) console.error(`The focus was lost on ${location.pathname}`);
  });
})();
