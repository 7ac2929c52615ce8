"use strict";
// The page shows files and changes none: it fetches itself anew when something was saved, and asks the server to do things.
(() => {
  const byId = (id) => document.getElementById(id);
  const meeting = document.body.dataset.meeting;
  // What is shown of all meetings: they are not watched, so that it is fetched anew when someone comes back to it.
  const isOfAll = !meeting && !document.body.dataset.public && !location.pathname.startsWith("/tools/");
  const panel = byId("panel"), frame = document.querySelector(".frame"), jobBox = byId("job"), toast = byId("toast");
  let wantedPanel = "", shownPanel = "", opener = null, toastTimer = 0;

  // --- talking to the server -------------------------------------------------------------------------------------

  async function fetchDocument(address, options = {}) {
    const answer = await fetch(address, { ...options, headers: { "X-Fragment": "1", ...(options.headers || {}) } });
    const text = await answer.text();
    return { ok: answer.ok, page: new DOMParser().parseFromString(text, "text/html") };
  }
  const write = (address, fields = {}) =>
    fetch(address, { method: "POST", headers: { "X-Packet": "1", "Content-Type": "application/json" }, body: JSON.stringify(fields) });

  function say(text) {
    toast.textContent = text;
    clearTimeout(toastTimer);
    toastTimer = setTimeout(() => { toast.textContent = ""; }, 7000);
  }

  // --- bringing what is shown to what is there, without losing place, focus or what was typed ------------------

  const keyOf = (node) => (node.nodeType === 1 ? node.getAttribute("data-key") || node.id : "");

  function become(old, fresh) {
    if (old.isEqualNode(fresh)) return;
    if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) { old.replaceWith(document.importNode(fresh, true)); return; }
    if (old.nodeType !== 1) { old.nodeValue = fresh.nodeValue; return; }
    if (old.hasAttribute("data-version") && old.dataset.version !== fresh.dataset.version) flash(old);
    for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && name !== "class") old.removeAttribute(name);
    for (const { name, value } of [...fresh.attributes]) if (old.getAttribute(name) !== value && !(name === "value" && old === document.activeElement)) old.setAttribute(name, value);
    if (old.classList.contains("answer") || (old.nodeName === "DETAILS" && old.open)) return;
    const keyed = new Map([...old.children].filter(keyOf).map((child) => [keyOf(child), child]));
    let place = old.firstChild;
    for (const child of [...fresh.childNodes]) {
      const known = keyOf(child) && keyed.get(keyOf(child));
      if (known) {
        if (known !== place) old.insertBefore(known, place); else place = place.nextSibling;
        become(known, child);
      } else if (place && !(keyOf(place) && keyed.has(keyOf(place)))) {
        const next = place.nextSibling;
        become(place, child);
        place = next;
      } else old.insertBefore(document.importNode(child, true), place);
    }
    while (place) { const next = place.nextSibling; place.remove(); place = next; }
  }

  function flash(node) {
    const sheet = node.querySelector(".paper-sheet") || node;
    sheet.classList.remove("flash");
    requestAnimationFrame(() => sheet.classList.add("flash"));
    setTimeout(() => sheet.classList.remove("flash"), 1700);
  }

  let refreshing = null, again = false, refreshed = false;
  async function refresh() {
    refreshed = true;
    if (refreshing) { again = true; return refreshing; }
    refreshing = (async () => {
      do {
        again = false;
        try {
          const answer = await fetch(location.href);
          const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
          for (const id of ["main", "side", "status"]) if (byId(id) && fresh.getElementById(id)) become(byId(id), fresh.getElementById(id));
          if (shownPanel) await renewPanel();
          filter();
        } catch { /* The stream says so where the server has gone. */ }
      } while (again);
      refreshing = null;
    })();
    return refreshing;
  }

  // --- the panel: a figure or a cell beside the page ---------------------------------------------------------------

  // `wantedPanel` is what was clicked last, `shownPanel` what stands there: what comes late, after another click or
  // after the panel was closed, is dropped.
  async function fillPanel(address) {
    wantedPanel = address;
    const found = await insideOf(address).catch(() => null);
    if (wantedPanel !== address) return;
    if (!found) {
      wantedPanel = shownPanel;
      say("找不到這個數字，可能剛剛改過，或是伺服器已結束。");
      return;
    }
    shownPanel = address;
    const closer = Object.assign(document.createElement("button"), { type: "button", textContent: "關閉", className: "closer" });
    closer.addEventListener("click", closePanel);
    panel.replaceChildren(closer, found);
    panel.hidden = false;
    frame.classList.add("open");
    panel.scrollTop = 0;
    panel.focus({ preventScroll: true });
  }

  async function renewPanel() {
    const address = shownPanel, found = await insideOf(address);
    if (shownPanel !== address) return;
    if (found) become(panel.querySelector(".inside"), found); else if (wantedPanel === address) closePanel();
  }

  async function insideOf(address) {
    const { ok, page } = await fetchDocument(address);
    if (!ok) return null;
    const inside = document.createElement("div");
    inside.className = "inside";
    inside.append(...[...page.body.childNodes].map((node) => document.importNode(node, true)));
    return inside;
  }

  function closePanel() {
    wantedPanel = shownPanel = "";
    panel.hidden = true;
    frame.classList.remove("open");
    document.querySelectorAll(".chosen").forEach((node) => node.classList.remove("chosen"));
    if (opener && opener.isConnected) opener.focus({ preventScroll: true });
  }

  // --- jobs ----------------------------------------------------------------------------------------------------------

  // `wantedJob` is known before the first answer: a job that ends meanwhile is asked about once more.
  let wantedJob = "", shownJob = "", jobRuns = false, jobAsked = 0;
  async function showJob(id) {
    const asked = ++jobAsked;
    wantedJob = id;
    jobRuns = true;
    const { ok, page } = await fetchDocument(`/jobs/${id}`).catch(() => ({ ok: false }));
    const inside = ok && page.querySelector(".job-inside");
    // Of two answers on their way only the later question's counts, whichever comes first.
    if (!inside || asked !== jobAsked) return;
    const old = jobBox.querySelector(".job-inside");
    if (old && shownJob === id) become(old, inside); else jobBox.replaceChildren(document.importNode(inside, true));
    shownJob = id;
    jobRuns = Boolean(inside.dataset.running);
    jobBox.hidden = false;
    if (!jobRuns) refresh();
  }

  const ask = byId("ask");
  function answer(button) {
    return new Promise((resolve) => {
      byId("ask-title").textContent = button.dataset.askTitle;
      byId("ask-text").textContent = button.dataset.ask;
      byId("ask-label").textContent = button.dataset.askLabel;
      byId("ask-field").value = "";
      byId("ask-field").required = true;
      ask.returnValue = "";
      ask.addEventListener("close", () => resolve(ask.returnValue === "yes" ? byId("ask-field").value.trim() : null), { once: true });
      ask.showModal();
    });
  }

  const NO_ANSWER = "伺服器沒有回應。請再執行 packet open。";
  // A second click before the answer begins nothing.
  let starting = false;
  async function start(button) {
    if (starting) return;
    starting = true;
    try { await startOnce(button); } catch { say(NO_ANSWER); } finally { starting = false; }
  }

  async function startOnce(button) {
    const fields = {};
    if (button.dataset.ask) {
      const given = await answer(button);
      if (!given) return;
      fields[button.dataset.askName] = given;
    }
    const reply = await write(button.dataset.do, fields);
    const result = await reply.json().catch(() => ({}));
    if (result.job) showJob(result.job); else say(result.message || "沒有開始。");
  }

  async function show(button) {
    const reply = await write(button.dataset.show).catch(() => null);
    const result = reply ? await reply.json().catch(() => ({})) : { message: NO_ANSWER };
    if (result.copy && navigator.clipboard) await navigator.clipboard.writeText(result.copy).catch(() => {});
    say(result.message || "沒有開啟。");
  }

  // --- what is clicked, sent and typed -------------------------------------------------------------------------

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-panel]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
      event.preventDefault();
      const address = link.getAttribute("href");
      if (!panel.contains(link)) opener = link;
      document.querySelectorAll(".chosen").forEach((node) => node.classList.remove("chosen"));
      document.querySelectorAll(`.paper-sheet a[href="${CSS.escape(address)}"]`).forEach((node) => node.classList.add("chosen"));
      fillPanel(address);
      return;
    }
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.do) start(button);
    else if (button.dataset.show) show(button);
    else if (button.dataset.stop) { button.disabled = true; write(button.dataset.stop).catch(() => say(NO_ANSWER)); }
    else if ("close" in button.dataset) jobBox.hidden = true;
  });

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-suppose]");
    if (!form) return;
    event.preventDefault();
    const place = form.querySelector(".answer"), button = form.querySelector("button");
    button.disabled = true;
    place.textContent = "試算中…";
    try {
      const { ok, page } = await fetchDocument(form.dataset.suppose, {
        method: "POST", headers: { "X-Packet": "1", "Content-Type": "application/json" }, body: JSON.stringify({ typed: form.elements.typed.value }),
      });
      place.replaceChildren(...(ok ? [...page.body.childNodes].map((node) => document.importNode(node, true)) : ["試算沒有完成，請再試一次。"]));
    } catch { place.textContent = NO_ANSWER; } finally { button.disabled = false; }
  });

  function filter() {
    const field = byId("filter");
    if (!field) return;
    const wanted = field.value.trim().toLowerCase();
    document.querySelectorAll(field.dataset.filter).forEach((row) => { row.hidden = !row.textContent.toLowerCase().includes(wanted); });
  }
  document.addEventListener("input", (event) => { if (event.target.id === "filter") filter(); });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel.hidden && !ask.open) closePanel();
    const typing = event.target.matches?.("input, textarea");
    if (event.key === "/" && !typing) { const field = byId("q") || byId("filter"); if (field) { event.preventDefault(); field.focus(); } }
  });

  // --- what happens: one window holds the stream for all, since a browser opens only six to one server ---------

  const channel = new BroadcastChannel("packet");
  function happened({ kind, about }) {
    if (kind === "turn" && (about.meeting === meeting || isOfAll)) refresh();
    else if (kind === "job") { if (wantedJob === about.id || (about.meeting === meeting && about.running)) showJob(about.id); }
    else if (kind === "lost") { const status = byId("status"); if (status) status.textContent = "伺服器已結束。請再執行 packet open。"; }
    else if (kind === "hello") {
      // Nobody heard what happened before the stream began, as when the window that had it was closed.
      if (jobRuns) showJob(wantedJob);
      if (about.back || (meeting && !document.body.dataset.public)) refresh();
    }
  }
  channel.onmessage = (event) => happened(event.data);
  navigator.locks.request("packet-events", () => new Promise(() => {
    const source = new EventSource("/events");
    let lost = false;
    const pass = (kind, about) => { const what = { kind, about }; happened(what); channel.postMessage(what); };
    for (const kind of ["turn", "job"]) source.addEventListener(kind, (event) => pass(kind, JSON.parse(event.data)));
    source.addEventListener("hello", () => { pass("hello", { back: lost }); lost = false; });
    source.onerror = () => { if (!lost) { lost = true; pass("lost", {}); } };
  }));
  if (isOfAll) window.addEventListener("focus", () => refresh());
  if (jobBox.dataset.job) showJob(jobBox.dataset.job);
  // What was saved between the making of this page and the first event that it hears through another window.
  if (meeting && !document.body.dataset.public) setTimeout(() => { if (!refreshed) refresh(); }, 400);
})();
