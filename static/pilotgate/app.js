/* Ages, live regions, charts, drafts, totals, dialogs, copying. No inline handlers:
   behaviour hangs on data attributes, so that the page's policy can forbid scripts
   it does not know. */
(() => {
  "use strict";

  const root = document.documentElement;
  const all = (selector, scope = document) => [...scope.querySelectorAll(selector)];
  const words = JSON.parse(document.getElementById("pg-words")?.textContent ?? "{}");
  const clockError = Date.parse(root.dataset.now) - Date.now() || 0;
  const serverNow = () => Date.now() + clockError;

  /* --- ages and clocks --------------------------------------------------- */
  const relative = new Intl.RelativeTimeFormat(root.lang || "zh-Hans", { numeric: "always" });
  const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
  const beijing = new Intl.DateTimeFormat("sv-SE", {
    timeZone: "Asia/Shanghai", dateStyle: "short", timeStyle: "medium",
  });

  function ageText(seconds) {
    const [unit, size] = UNITS.find(([, least]) => seconds >= least) ?? UNITS[3];
    return relative.format(-Math.floor(seconds / size), unit);
  }

  function say(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  function showAge(time) {
    const seconds = Math.max(0, (serverNow() - Date.parse(time.dateTime)) / 1000);
    say(time, ageText(seconds));
    const holder = time.closest("[data-stale-after]");
    if (!holder) return;
    const stale = seconds > Number(holder.dataset.staleAfter);
    holder.classList.toggle("pg-stale", stale);
    const word = holder.querySelector(".pg-fresh-word");
    if (word) word.hidden = !stale;
  }

  function showLocal(time) {
    const at = new Date(time.dateTime);
    if (at.getTimezoneOffset() !== -480 && !time.title) {
      time.title = `${at.toLocaleString(root.lang)} (${words.local})`;
    }
  }

  function tick() {
    all("time[data-age]").forEach(showAge);
    const now = words.beijing?.replace("%(at)s", beijing.format(serverNow()));
    all("time[data-clock]").forEach((time) => say(time, now));
  }

  /* --- charts ------------------------------------------------------------ */
  const charts = new Map();
  const COLOURS = ["#1f5fc4", "#157a2e", "#b57600", "#8f1d16", "#6b3fa0", "#0f6674"];

  function chartOptions(given, width) {
    const series = given.labels.map((label, index) => ({
      label,
      stroke: COLOURS[index % COLOURS.length],
      width: 1.6,
      points: { show: false },
      spanGaps: false,
    }));
    const [times] = given.series;
    const ofDays = times.length > 1 && times[times.length - 1] - times[0] > 2 * 86400;
    const axis = { stroke: "#475569", grid: { stroke: "#e6eaef", width: 1 }, ticks: { show: false } };
    return {
      width,
      height: given.height,
      series: [{}, ...series],
      axes: [
        { ...axis, values: ofDays ? "{MM}-{DD}" : "{HH}:{mm}", space: 70 },
        { ...axis, size: 48, values: (_plot, ticks) => ticks.map((t) => t.toLocaleString(root.lang)) },
      ],
      scales: given.minimum === null ? {} : { y: { range: (_plot, _low, high) => [given.minimum, high * 1.1 || 1] } },
      cursor: { y: false },
      legend: { show: given.labels.length > 1, live: false },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Asia/Shanghai"),
    };
  }

  function drawChart(figure) {
    const id = figure.dataset.chart;
    const source = document.getElementById(id);
    const canvas = figure.querySelector(".pg-chart-canvas");
    if (!source || canvas.firstChild) return;
    const given = JSON.parse(source.textContent);
    const plot = new uPlot(chartOptions(given, canvas.clientWidth || 320), given.series, canvas);
    charts.set(id, plot);
    new ResizeObserver(() => {
      const width = canvas.clientWidth;
      if (width && width !== plot.width) plot.setSize({ width, height: given.height });
    }).observe(canvas);
  }

  /* --- live regions: a stream, or where it fails a question each few s - */
  const POLL_MS = 5000;
  const pollMs = (region) => Number(region.dataset.pollMs) || POLL_MS;

  function showUpdate(region, update) {
    for (const [name, html] of Object.entries(update.fragments ?? {})) {
      all(`[data-fragment="${CSS.escape(name)}"]`, region).forEach((place) => {
        if (place.dataset.shown === html) return;
        const focused = place.contains(document.activeElement) ? document.activeElement.id : "";
        place.dataset.shown = html;
        place.innerHTML = html;
        htmx.process(place);
        if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
      });
    }
    for (const [id, series] of Object.entries(update.charts ?? {})) charts.get(id)?.setData(series);
    start(region);
    tick();
  }

  function showState(region, state) {
    all("[data-live-state]", region).forEach((element) => {
      element.dataset.liveState = state;
      const word = element.querySelector("[data-live-word]");
      if (word) say(word, words[state].replace("{n}", pollMs(region) / 1000));
    });
  }

  async function poll(region) {
    try {
      const answer = await fetch(region.dataset.poll, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      showUpdate(region, await answer.json());
      showState(region, "polling");
    } catch {
      showState(region, "lost");
    }
    if (region.isConnected) setTimeout(poll, pollMs(region), region);
  }

  function follow(region) {
    if (region.dataset.following) return;
    region.dataset.following = "yes";
    const { stream } = region.dataset;
    if (!stream || !("EventSource" in window)) {
      poll(region);
      return;
    }
    const source = new EventSource(stream);
    let failures = 0;
    source.onmessage = (event) => {
      failures = 0;
      showUpdate(region, JSON.parse(event.data));
      showState(region, "live");
    };
    source.onerror = () => {
      failures += 1;
      showState(region, "lost");
      if (failures < 3 && source.readyState !== EventSource.CLOSED) return;
      source.close();
      if (region.dataset.poll) poll(region);
    };
    addEventListener("pagehide", () => source.close());
  }

  /* --- drafts save themselves ---------------------------------------------- */
  function autosave(form) {
    const state = form.querySelector("[data-autosave-state]");
    let timer = 0;
    async function save() {
      if (state) say(state, words.saving);
      try {
        const answer = await fetch(form.dataset.autosave, {
          method: "POST", body: new FormData(form), headers: { Accept: "application/json" },
        });
        const said = await answer.json();
        if (!answer.ok) throw new Error(said.detail ?? String(answer.status));
        const at = beijing.format(Date.parse(said.saved_at)).slice(11);
        if (state) say(state, words.saved.replace("{time}", at));
        htmx.trigger(document.body, "pg:saved");
      } catch (error) {
        const reason = error instanceof TypeError ? words.offline : error.message;
        if (state) say(state, words.notSaved.replace("{reason}", reason));
        if (error instanceof TypeError) timer = setTimeout(save, POLL_MS);
      }
    }
    form.addEventListener("input", (event) => {
      if (event.target.type === "file") return;
      clearTimeout(timer);
      timer = setTimeout(save, 1200);
    });
    form.addEventListener("submit", () => clearTimeout(timer));
  }

  /* --- totals that follow the typing ---------------------------------------- */
  function total(output) {
    const scope = output.closest("form") ?? document;
    const { totalOf, min, max, under, over, fits } = output.dataset;
    const show = () => {
      const numbers = all(totalOf, scope).filter((input) => !input.closest("template"));
      const sum = numbers.reduce((before, input) => before + (Number(input.value) || 0), 0);
      const rounded = Math.round(sum * 100) / 100;
      const low = min !== undefined && rounded < Number(min);
      const high = max !== undefined && rounded > Number(max);
      const pattern = low ? under : high ? over : fits;
      say(output, (pattern ?? "{n}").replace("{n}", String(rounded)));
      output.classList.toggle("pg-bad", low || high);
      output.classList.toggle("pg-good", !low && !high);
    };
    scope.addEventListener("input", show);
    scope.addEventListener("pg:rows", show);
    show();
  }

  function growFormset(box) {
    const count = box.querySelector(`[name="${box.dataset.formset}-TOTAL_FORMS"]`);
    const template = box.querySelector("template");
    box.querySelector("[data-formset-add]")?.addEventListener("click", () => {
      const row = document.createElement("tbody");
      row.innerHTML = template.innerHTML.replaceAll("__prefix__", count.value);
      count.value = String(Number(count.value) + 1);
      const added = row.firstElementChild;
      box.querySelector("[data-formset-rows]").append(added);
      added.querySelector("input:not([type=hidden]), select, textarea")?.focus();
      box.dispatchEvent(new CustomEvent("pg:rows", { bubbles: true }));
    });
  }

  /* --- questions before a step that cannot be undone -------------------------- */
  const dialog = document.getElementById("pg-confirm");

  function ask(text) {
    document.getElementById("pg-confirm-text").textContent = text;
    dialog.returnValue = "";
    dialog.showModal();
    return new Promise((resolve) => {
      dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
    });
  }

  document.addEventListener("click", (event) => {
    const answer = event.target.closest("[data-dialog]");
    if (answer) dialog.close(answer.dataset.dialog);
  });

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const text = event.submitter?.dataset.confirm ?? form.dataset.confirm;
    if (!text || form.dataset.confirmed) return;
    const { submitter } = event;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!(await ask(text))) return;
    form.dataset.confirmed = "yes";
    form.requestSubmit(submitter);
    delete form.dataset.confirmed;
  }, true);

  /* --- copying, large text, small courtesies ----------------------------------- */
  function toast(text) {
    const place = document.getElementById("pg-toast");
    place.hidden = false;
    say(place, text);
    setTimeout(() => { place.hidden = true; }, 4000);
  }

  async function copy(button) {
    const code = button.closest(".pg-copy").querySelector("code");
    try {
      await navigator.clipboard.writeText(code.textContent);
      toast(words.copied);
    } catch {
      getSelection().selectAllChildren(code);
      toast(words.copyFailed);
    }
  }

  function toggleLargeText() {
    const large = root.classList.toggle("pg-large");
    all("[data-large-text]").forEach((button) => button.setAttribute("aria-pressed", String(large)));
    document.cookie = `pilotgate_text=${large ? "large" : ""};path=/;max-age=${large ? 31536000 : 0};samesite=lax`;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) copy(button);
    if (event.target.closest("[data-large-text]")) toggleLargeText();
    if (event.target.closest("dialog")) return;
    all("details.pg-menu[open], details.pg-reason[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    all("details.pg-menu[open], details.pg-reason[open]").forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });

  document.addEventListener("htmx:responseError", (event) => {
    toast(words.requestFailed.replace("{status}", event.detail.xhr.status));
  });

  /* --- begin, and again for what htmx or a stream has put in ---------------------- */
  function once(selector, scope, begin) {
    const found = all(selector, scope);
    if (scope.matches?.(selector)) found.push(scope);
    for (const element of found) {
      const mark = selector.replaceAll(/\W/g, "");
      element.pgBegun ??= new Set();
      if (element.pgBegun.has(mark)) continue;
      element.pgBegun.add(mark);
      begin(element);
    }
  }

  function start(scope) {
    once("[data-chart]", scope, drawChart);
    once("[data-live]", scope, follow);
    once("form[data-autosave]", scope, autosave);
    once("[data-total-of]", scope, total);
    once("[data-formset]", scope, growFormset);
    once("[data-focus]", scope, (element) => element.focus());
    once("time[data-when]", scope, showLocal);
  }

  start(document);
  tick();
  setInterval(tick, 1000);
  document.querySelector(".pg-nav-list .pg-here")?.scrollIntoView({ block: "nearest", inline: "center" });
  document.body.addEventListener("htmx:load", (event) => { start(event.detail.elt); tick(); });
})();
