/* Complains to the console, where the test hears it: about a page that scrolls sideways, and about a lost focus. */
(() => {
  "use strict";
  let stood = false;
  const isLost = () => document.activeElement === document.body;
  function measure() {
    const { scrollWidth } = document.documentElement;
    if (scrollWidth > innerWidth) console.error(`${location.pathname} is ${scrollWidth} px wide, the window ${innerWidth}`);
  }

  addEventListener("load", measure);
  document.addEventListener("htmx:beforeSwap", () => { stood = !isLost(); });
  document.addEventListener("htmx:afterSettle", () => {
    measure();
    if (stood && isLost()) console.error(`The focus was lost on ${location.pathname}`);
  });
})();
