// Macaw's own behaviour beside htmx. Everything works without it; here it becomes quicker.
(() => {
  "use strict";
  const root = document.documentElement;
  const find = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const on = (name, act) => document.addEventListener(name, act);
  const copyOf = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);

  // Toasts: six seconds, and no less while somebody looks at one.
  const toasts = find("#toasts");
  const expire = (toast) => {
    let timer;
    const hold = () => clearTimeout(timer);
    const run = () => { hold(); timer = setTimeout(() => toast.remove(), 6000); };
    for (const name of ["pointerenter", "focusin"]) toast.addEventListener(name, hold);
    for (const name of ["pointerleave", "focusout"]) toast.addEventListener(name, run);
    run();
  };
  if (toasts) {
    all(".toast", toasts).forEach(expire);
    new MutationObserver((changes) => {
      for (const change of changes) for (const node of change.addedNodes) if (node.matches?.(".toast")) expire(node);
    }).observe(toasts, { childList: true });
  }

  // Notes: what the page itself has to say, in the words the server left in a template.
  const say = (id) => {
    const place = find("#page-note");
    if (!place) return;
    const note = copyOf(id);
    place.replaceChildren(note);
    if (!document.activeElement?.matches("input, textarea")) note.focus(); // never away from somebody who types; it is read aloud anyway
  };

  // htmx: mark its requests, so that a login proxy answers 401 instead of a redirect; keep the page where one ended.
  on("htmx:config:request", (event) => { event.detail.ctx.request.headers["X-Requested-With"] = "XMLHttpRequest"; });
  on("htmx:before:response", (event) => {
    if (event.detail.ctx.response.status !== 401) return;
    event.preventDefault();
    say("t-signed-out");
  });
  on("htmx:error", async (event) => {
    const { ctx } = event.detail;
    if (!ctx?.request || ctx.response) return;
    let note = "t-unreachable";
    try { // a redirect to another origin looks like a broken line; asking once more tells them apart
      const answer = await fetch(find(".brand").href, { method: "HEAD", redirect: "manual" });
      if (answer.type === "opaqueredirect" || answer.status === 401) note = "t-signed-out";
    } catch { /* there is no line */ }
    say(note);
  });
  // A button is disabled while it works, or goes away with its row: the keyboard does not go back to the top for that.
  on("htmx:before:request", ({ detail: { ctx } }) => { ctx.held = document.activeElement; });
  on("htmx:finally:request", ({ detail: { ctx } }) => {
    if (document.activeElement !== document.body || !ctx.held || ctx.held === document.body) return;
    const place = ctx.held.isConnected ? ctx.held : document.getElementById(ctx.target?.id);
    if (place && place.tabIndex < 0) place.tabIndex = -1;
    place?.focus({ preventScroll: true });
  });
  on("htmx:after:swap", (event) => {
    const { target } = event.detail.ctx;
    if (target instanceof Element) find("[data-focus]", target)?.focus();
    all("[data-hide-after]").forEach(hideLater);
    if (list && target === list) open();
  });

  // Secrets leave the page by themselves.
  const hideLater = (secret) => {
    if (secret.dataset.hiding) return;
    secret.dataset.hiding = "on";
    setTimeout(() => { secret.textContent = secret.dataset.hidden; }, secret.dataset.hideAfter * 1000);
  };
  all("[data-hide-after]").forEach(hideLater);

  // Copy: the button says which element's text, and the toast says that it happened.
  on("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const source = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.textContent.trim());
      toasts.append(copyOf("t-copied"));
    } catch { // no permission, or no clipboard: select it, so that the keyboard can copy
      getSelection().selectAllChildren(source);
    }
  });

  // Ticking: all of the page, or a range with Shift.
  let last = null;
  on("click", (event) => {
    const box = event.target;
    const table = box.matches?.('.pick input[type="checkbox"]') && box.closest(".pick");
    if (!table) return;
    const boxes = all('tbody input[type="checkbox"]', table);
    const head = find("thead input[data-pick-all]", table);
    if (box === head) boxes.forEach((other) => { other.checked = head.checked; });
    else if (event.shiftKey && boxes.includes(last)) {
      const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
      boxes.slice(from, to + 1).forEach((other) => { other.checked = box.checked; });
    }
    last = box;
    const ticked = boxes.filter((other) => other.checked).length;
    if (head) {
      head.checked = ticked === boxes.length;
      head.indeterminate = ticked > 0 && ticked < boxes.length;
    }
  });

  // Theme: shown at once; the form behind it stores the choice.
  on("change", (event) => {
    if (event.target.name !== "theme") return;
    if (event.target.value === "system") delete root.dataset.theme;
    else root.dataset.theme = event.target.value;
  });

  // Jump box: a combobox over the links that /jump/ answers.
  const jump = find("#jump");
  const list = find("#jump-list");
  let left = false; // with Escape: an answer still on its way does not open the list again
  const options = () => all("a", list);
  const pick = (option) => {
    options().forEach((other) => other.setAttribute("aria-selected", String(other === option)));
    jump.setAttribute("aria-activedescendant", option?.id ?? "");
    option?.scrollIntoView({ block: "nearest" });
  };
  const show = (shown) => {
    list.hidden = !shown;
    jump.setAttribute("aria-expanded", String(shown));
    if (!shown) pick(null);
  };
  const open = () => {
    for (const group of all(".cmd-g", list)) {
      group.setAttribute("role", "group");
      group.setAttribute("aria-label", group.firstElementChild.textContent);
      group.firstElementChild.setAttribute("aria-hidden", "true");
    }
    options().forEach((option, number) => {
      option.id = `jump-${number}`;
      option.tabIndex = -1;
      option.setAttribute("role", "option");
    });
    if (options().length) list.setAttribute("role", "listbox");
    else list.removeAttribute("role");
    show(document.activeElement === jump && !left);
    pick(jump.value ? options()[0] : null);
  };
  if (jump) {
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-expanded": "false", "aria-controls": "jump-list", "aria-autocomplete": "list",
    })) jump.setAttribute(name, value);
    jump.addEventListener("input", () => { left = false; });
    jump.addEventListener("focus", () => { left = false; if (list.childElementCount) open(); });
    jump.addEventListener("blur", () => setTimeout(() => show(false), 150)); // after a click on a result
    jump.addEventListener("keydown", (event) => {
      const found = options();
      const now = found.findIndex((option) => option.getAttribute("aria-selected") === "true");
      if (event.key === "Escape") { left = true; show(false); }
      else if (event.key === "Enter" && !list.hidden && found[now]) found[now].click();
      else if (event.key === "ArrowDown" && found.length) { show(true); pick(found[(now + 1) % found.length]); }
      else if (event.key === "ArrowUp" && found.length) { show(true); pick(found.at(now < 1 ? -1 : now - 1)); }
      else return;
      event.preventDefault();
    });
  }

  // Keys: only where the person left them on, and never while they type.
  on("keydown", (event) => {
    if (!("shortcuts" in document.body.dataset)) return;
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    const slash = event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
    const k = event.key.toLowerCase() === "k" && (event.metaKey || event.ctrlKey) && !event.shiftKey && !event.altKey;
    if (!slash && !k) return;
    event.preventDefault();
    if (jump?.offsetParent) jump.select();
    else if (jump) location.assign(jump.form.action);
  });
})();
