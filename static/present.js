// A meeting on the wall: one page at a time, by keyboard, by buttons, by a swipe.
(() => {
  const pages = [...document.querySelectorAll(".page")];
  const progress = document.querySelector("[data-linli-progress]");
  const [back, forward] = ["-1", "1"].map((step) => document.querySelector(`[data-linli-step="${step}"]`));
  const dark = document.querySelector("[data-linli-dark]");
  const remembered = "linli-present-dark";
  const smallest = 0.65;
  let at = 0;

  // Whatever does not fit on the wall is set smaller; what still does not can be scrolled.
  const fit = () => {
    const main = document.querySelector("main");
    for (let size = 1; size >= smallest; size -= 0.05) {
      pages[at].style.setProperty("--fit", size.toFixed(2));
      if (main.scrollHeight <= main.clientHeight) break;
    }
  };
  const show = (wanted) => {
    at = Math.min(Math.max(wanted, 0), pages.length - 1);
    pages.forEach((page, place) => { page.hidden = place !== at; });
    progress.textContent = `${at + 1} / ${pages.length}`;
    back.disabled = at === 0;
    forward.disabled = at === pages.length - 1;
    fit();
    document.querySelector("main").scrollTop = 0;
    history.replaceState(null, "", `${location.pathname}${location.search}#${at + 1}`);
  };
  const leave = () => { location.href = document.body.dataset.linliBack; };
  const full = () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen?.().catch(() => {});
  };
  const paint = (on) => {
    document.documentElement.toggleAttribute("data-dark", on);
    dark.setAttribute("aria-pressed", String(on));
  };
  const keys = {
    ArrowRight: () => show(at + 1), PageDown: () => show(at + 1), " ": () => show(at + 1),
    ArrowLeft: () => show(at - 1), PageUp: () => show(at - 1),
    Home: () => show(0), End: () => show(pages.length - 1), f: full, F: full, Escape: leave,
  };

  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || !keys[event.key]) return;
    // On a button the space bar presses the button.
    if (event.key === " " && event.target.closest("button, a")) return;
    // Escape ends the full screen by itself first.
    if (event.key === "Escape" && document.fullscreenElement) return;
    event.preventDefault();
    keys[event.key]();
  });
  for (const button of [back, forward]) button.addEventListener("click", () => show(at + Number(button.dataset.linliStep)));
  document.querySelector("[data-linli-full]").addEventListener("click", full);
  dark.addEventListener("click", () => {
    const on = dark.getAttribute("aria-pressed") !== "true";
    localStorage.setItem(remembered, on ? "1" : "");
    paint(on);
  });

  let began = null;
  document.addEventListener("touchstart", (event) => { began = event.touches.length === 1 ? event.touches[0] : null; }, { passive: true });
  document.addEventListener("touchend", (event) => {
    if (!began) return;
    const ended = event.changedTouches[0];
    const [wide, high] = [ended.clientX - began.clientX, ended.clientY - began.clientY];
    if (Math.abs(wide) > 60 && Math.abs(wide) > 2 * Math.abs(high)) show(at + (wide < 0 ? 1 : -1));
    began = null;
  }, { passive: true });

  addEventListener("resize", fit);
  paint(localStorage.getItem(remembered) === "1");
  show(Number(location.hash.slice(1)) - 1 || 0);
})();
