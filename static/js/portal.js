/* Small comforts. Every page works without this file. */
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const region = () => document.getElementById("announcements");
  let saying = 0;

  function announce(text) {
    clearTimeout(saying);
    saying = setTimeout(() => { const box = region(); if (box) { box.textContent = ""; box.textContent = text; } }, 150);
  }

  function banner(id, text, button) {
    const box = document.getElementById("banners");
    if (!box) return null;
    document.getElementById(id)?.remove();
    const note = Object.assign(document.createElement("div"), { id, className: "notice warn" });
    note.setAttribute("role", "alert");
    note.append(Object.assign(document.createElement("p"), { textContent: text }));
    if (button) note.append(button);
    box.append(note);
    return note;
  }

  const aButton = (textContent, onclick) => Object.assign(document.createElement("button"), { type: "button", className: "button small", textContent, onclick });

  /* The error summary is read first, and its links lead into the answer. */
  const focusSummary = (root = document) => root.querySelector("[data-error-summary]")?.focus();

  /* Copy: `data-copy` holds the text, or names with # the element that does. */
  async function copy(button) {
    const source = button.dataset.copy.startsWith("#") ? document.querySelector(button.dataset.copy) : null;
    const text = source ? source.value ?? source.innerText.trim() : button.dataset.copy;
    const name = button.dataset.copyName || "Text";
    try {
      await navigator.clipboard.writeText(text);
      announce(`${name} copied`);
      const face = button.querySelector("[data-face]") || button;
      const before = face.dataset.before ??= face.textContent;
      face.textContent = "Copied";
      setTimeout(() => { face.textContent = before; }, 2000);
    } catch {
      const shown = source || button.closest(".copy")?.querySelector("code");
      if (shown?.select) shown.select(); else if (shown) getSelection().selectAllChildren(shown);
      announce(`${name} was not copied. Select the text and copy it`);
    }
  }

  /* A second press of the same button is a slip. */
  function onSubmit(event) {
    const form = event.target, button = event.submitter;
    if (!form.hasAttribute("data-prevent-double-click") && !button?.hasAttribute("data-prevent-double-click")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(() => {
      if (!button) return;
      button.setAttribute("aria-disabled", "true");
      if (button.dataset.busy) { button.textContent = button.dataset.busy; announce(button.dataset.announce || button.dataset.busy); }
    });
    setTimeout(() => announce("This takes longer than usual"), 10000);
  }

  /* Lists with rows: the same buttons that submit without JavaScript. */
  function number(list) {
    all(":scope > [data-row]", list).forEach((row, at) => {
      all("[data-n]", row).forEach((n) => { n.textContent = at + 1; });
    });
  }

  function fill(box) {
    const rows = all("[data-list] > [data-row]", box), full = rows.length >= Number(box.dataset.most);
    all("[data-add]", box).forEach((add) => {
      const select = add.querySelector("select"), once = add.dataset.add && rows.some((row) => row.hasAttribute("data-last"));
      add.hidden = full || once || (select ? !select.options.length : false);
    });
    number(box.querySelector("[data-list]"));
  }

  /* The rows are others, or in another order: whoever shows them in words looks again. */
  const tell = (box) => { fill(box); box.dispatchEvent(new CustomEvent("rowschanged", { bubbles: true })); };

  function change(button) {
    const box = button.closest("[data-rows]"), list = box.querySelector("[data-list]"), row = button.closest("[data-row]");
    const verb = button.value.split(":")[0];
    if (!row) return add(box, list, verb === "phone" && "phone");
    const label = row.dataset.row, rows = all(":scope > [data-row]", list), at = rows.indexOf(row);
    if (verb === "remove") {
      if (rows.length <= Number(box.dataset.least ?? 1)) return;
      const select = box.querySelector("[data-add] select"), value = row.dataset.item || row.querySelector("input[type=hidden]")?.value;
      if (select && !row.hasAttribute("data-last")) select.add(new Option(label, value));
      row.remove();
      tell(box);
      ((rows[at + 1] || rows[at - 1])?.querySelector(".remove") || all("[data-add]:not([hidden]) :is(select, button)", box)[0])?.focus();
      announce(`${label} removed`);
      return;
    } else {
      const to = verb === "up" ? at - 1 : at + 1;
      if (to < 0 || to >= rows.length || rows[to].hasAttribute("data-last")) return;
      if (verb === "up") rows[to].before(row); else rows[to].after(row);
      const face = getComputedStyle(button).visibility === "hidden" ? row.querySelector(verb === "up" ? ".down" : ".up") : button;
      face.focus();
      announce(`${label} moved to position ${to + 1} of ${rows.length}`);
    }
    tell(box);
  }

  /* Dragging by the grip: the row follows the pointer; what cannot be dragged keeps its place at the end. */
  function drag(event) {
    const grip = event.target.closest?.("[data-grip]"), row = grip?.closest("[data-row]");
    if (!row || event.button) return;
    event.preventDefault();
    const list = row.parentElement, box = row.closest("[data-rows]"), rows = () => all(":scope > [data-row]", list);
    const before = rows().indexOf(row);
    grip.setPointerCapture(event.pointerId);
    row.classList.add("dragged");
    const move = ({ clientY }) => {
      const middle = (other) => { const { top, height } = other.getBoundingClientRect(); return top + height / 2; };
      const others = rows().filter((other) => other !== row && !other.hasAttribute("data-last")), at = rows().indexOf(row);
      const to = others.filter((other) => middle(other) < clientY).length;
      // The others move: an element that leaves its place loses the pointer.
      if (to < at) row.after(...rows().slice(to, at)); else if (to > at) row.before(...rows().slice(at + 1, to + 1));
    };
    const end = () => {
      row.classList.remove("dragged");
      grip.removeEventListener("pointermove", move);
      const at = rows().indexOf(row);
      if (at === before) return;
      announce(`${row.dataset.row} moved to position ${at + 1} of ${rows().length}`);
      tell(box);
    };
    grip.addEventListener("pointermove", move);
    grip.addEventListener("lostpointercapture", end, { once: true });
  }

  let made = 100;
  function add(box, list, kind) {
    const select = !kind && box.querySelector("[data-add] select"), option = select && select.selectedOptions[0];
    if (select && !option) return;
    const row = box.querySelector(kind ? `template[data-for="${kind}"]` : "template").content.firstElementChild.cloneNode(true), at = String(made++);
    const words = { __item__: option && option.value, __label__: option && option.text, __at__: at, __number__: String(list.children.length + 1) };
    const put = (text) => text.replace(/__[a-z]+__/g, (word) => words[word] ?? word);
    for (const node of [row, ...all("*", row)]) {
      for (const attribute of node.attributes) if (attribute.value.includes("__")) attribute.value = put(attribute.value);
      for (const child of node.childNodes) if (child.nodeType === 3 && child.data.includes("__")) child.data = put(child.data);
    }
    if (option) option.remove();
    const last = list.querySelector(":scope > [data-last]");
    if (last) last.before(row); else list.append(row);
    tell(box);
    (row.querySelector("input[type=text]") || row.querySelector(".up")).focus();
    announce(`${row.dataset.row} added`);
  }

  function paste(event) {
    const input = event.target, box = input.closest?.("[data-most]"), text = event.clipboardData?.getData("text") || "";
    const parts = text.split(/[\s,;]+/).filter(Boolean);
    if (!box || input.name !== box.dataset.rows || parts.length < 2) return;
    event.preventDefault();
    const list = box.querySelector("[data-list]"), field = (row) => row.querySelector("input[type=text]");
    parts.forEach((part, at) => {
      let target = at ? all("[data-row] input[type=text]", list).find((other) => other.name === input.name && !other.value) : input;
      if (!target && list.children.length < Number(box.dataset.most)) { add(box, list); target = field(list.lastElementChild); }
      if (target) target.value = part;
    });
    announce(`${parts.length} addresses added`);
  }

  function onKey(event) {
    if (event.key === "Escape") {
      const menu = event.target.closest?.("details.menu[open]");
      if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
    }
    const row = event.target.closest?.("[data-row]");
    const kind = event.altKey && { ArrowUp: "up", ArrowDown: "down" }[event.key];
    const button = row && kind && row.querySelector(`button.${kind}`);
    if (button) {
      event.preventDefault();
      const focused = document.activeElement;
      change(button);
      if (getComputedStyle(focused).visibility !== "hidden") focused.focus();
    }
  }

  function onClick(event) {
    const button = event.target.closest?.("button");
    all("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
    if (button?.dataset.copy) copy(button);
    if (button?.name === "action" && button.closest("[data-rows]")) { event.preventDefault(); change(button); }
    const link = event.target.closest?.("[data-error-summary] a[href^='#']");
    const target = link && document.getElementById(link.hash.slice(1));
    if (target) { event.preventDefault(); (target.closest(".field") || target).scrollIntoView({ block: "start" }); target.focus({ preventScroll: true }); }
  }

  /* Polling: while the element has data-poll-url; the answer replaces it and decides whether there is a next time. */
  const poll = { since: Date.now(), last: new Date(), failures: 0, timer: 0, asking: false };
  const polled = () => document.querySelector("[data-poll-url]");
  const pause = () => { const age = Date.now() - poll.since; return (age < 1500 ? 0.5 : age < 5000 ? 1 : age < 60000 ? 3 : age < 300000 ? 5 : 15) * 1000; };

  function plan() {
    clearTimeout(poll.timer);
    if (window.htmx && polled() && !document.hidden) poll.timer = setTimeout(ask, pause());
  }

  async function ask() {
    clearTimeout(poll.timer);
    const element = polled();
    if (!element || poll.asking || document.hidden) return;
    poll.asking = true;
    const before = element.dataset.announce;
    try { await htmx.ajax("GET", element.dataset.pollUrl, { source: element, target: element, swap: "outerHTML" }); } catch { /* counted below */ }
    poll.asking = false;
    const after = document.querySelector("[data-announce]:not(button)")?.dataset.announce;
    if (after && after !== before) announce(after);
    plan();
  }

  function heard(event) {
    const { xhr, requestConfig } = event.detail;
    if (!requestConfig?.elt?.hasAttribute?.("data-poll-url")) return;
    const ok = xhr.status >= 200 && xhr.status < 400;
    poll.failures = ok ? 0 : poll.failures + 1;
    if (ok) { poll.last = new Date(); document.getElementById("poll-banner")?.remove(); }
    if (xhr.status === 286) all("[data-poll-url]").forEach((element) => element.removeAttribute("data-poll-url"));
    if (poll.failures === 3) {
      const at = poll.last.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
      banner("poll-banner", `Status cannot be updated. Last known at ${at}.`, aButton("Try again", () => { poll.failures = 0; document.getElementById("poll-banner")?.remove(); ask(); }));
    }
  }

  /* Errors that htmx does not show. */
  const TROUBLE = {
    0: "The portal cannot be reached. Check your connection and try again.",
    401: "You were signed out. Sign in again; your answers are saved.",
    403: "You may not do this, or your page was open too long. Reload the page and try again.",
    409: "This was changed meanwhile. Reload the page to see how it is.",
    429: "Too many requests. Wait a minute and try again.",
    500: "Something went wrong on our side. Your calls are not affected. Try again.",
  };

  function trouble(event) {
    const { xhr, requestConfig } = event.detail;
    if (requestConfig?.elt?.hasAttribute?.("data-poll-url")) return;
    const text = TROUBLE[xhr.status] || (xhr.status >= 500 ? TROUBLE[500] : "");
    if (text) banner("error-banner", text, aButton("Reload", () => location.reload()));
  }

  /* Whoever stood on something that a swap takes away goes on at the place where it was. */
  let stood = null, place = null;
  function remember() {
    stood = document.activeElement;
    place = stood?.parentElement?.closest("[id]");
  }

  function keepPlace() {
    if (!stood || stood.isConnected || document.activeElement !== document.body) return;
    const next = place?.isConnected ? place : document.getElementById("main");
    if (!next) return;
    next.tabIndex = -1;
    next.focus({ preventScroll: true });
  }

  function swapped(event) {
    if (event.target.querySelector?.("[data-error-summary]")) focusSummary(event.target);
    else if (event.detail.requestConfig?.verb !== "get") event.target.querySelector?.("h1[tabindex='-1'], h2[tabindex='-1']")?.focus();
    keepPlace();
    plan();
  }

  document.addEventListener("submit", onSubmit);
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", onKey);
  document.addEventListener("pointerdown", drag);
  document.addEventListener("paste", paste);
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(poll.timer) : ask()));
  for (const name of ["htmx:responseError", "htmx:sendError"]) document.addEventListener(name, trouble);
  for (const name of ["htmx:afterRequest"]) document.addEventListener(name, heard);
  document.addEventListener("htmx:beforeSwap", remember);
  document.addEventListener("htmx:afterSwap", swapped);
  addEventListener("pageshow", (event) => { if (event.persisted) all("[data-sent]").forEach((form) => { delete form.dataset.sent; all("[aria-disabled]", form).forEach((button) => button.removeAttribute("aria-disabled")); }); });
  document.addEventListener("DOMContentLoaded", () => { focusSummary(); all("[data-rows]").forEach(fill); plan(); });
})();
