// The take-in screen and every form that keeps a draft. Streamlit sends a text area only when it is left; typed text
// must reach the draft sooner.
// After a short pause this presses the keys that Streamlit itself offers for "send now" (Ctrl+Enter), never while
// an input method is composing. And after a failed check it leads to the first field that is wrong, after a conflict
// to both versions; and who came back for a draft is led to its form, whatever it is folded into. Whoever reloads or leaves before the last words are kept is asked by the browser first: the server
// stops what a page that went away had asked for.
(() => {
  "use strict";
  const PAUSE = 1200;
  const LONGEST_RUN = 60000;
  const FORM = ".st-key-take_in_form, [class*='st-key-kept_form-'], [class*='st-key-step-form-']";

  const marks = document.querySelectorAll("[data-linli-wrong]");
  const mark = marks.length ? marks[marks.length - 1] : null;
  if (mark && mark.dataset.linliAttempt !== "0" && window.linliAttempt !== mark.dataset.linliAttempt) {
    window.linliAttempt = mark.dataset.linliAttempt;
    const field = mark.dataset.linliWrong && document.querySelector(`.st-key-${CSS.escape(mark.dataset.linliWrong)}`);
    if (field) {
      field.scrollIntoView({ block: "center" });
      // A frame around both versions of a conflict is only shown: nobody chose yet.
      if (!field.matches('[data-testid="stVerticalBlock"]')) {
        field.querySelector("input, textarea, button")?.focus({ preventScroll: true });
      }
    }
  }

  const continued = document.querySelector("[data-linli-continued]");
  if (continued && window.linliContinued !== continued.dataset.linliContinued) {
    window.linliContinued = continued.dataset.linliContinued;
    const form = continued.closest(FORM) || continued;
    for (let part = form; part; part = part.parentElement) {
      if (part.matches("details:not([open])")) part.querySelector("summary")?.click();
      const tab = part.matches("[role=tabpanel]") && document.getElementById(part.getAttribute("aria-labelledby"));
      if (tab && tab.getAttribute("aria-selected") !== "true") tab.click();
    }
    form.scrollIntoView({ block: "center" });
  }

  if (window.linliIntake) return;
  window.linliIntake = true;
  let composing = false;
  let waiting = 0;
  let typed = -LONGEST_RUN;
  document.addEventListener("compositionstart", () => { composing = true; }, true);
  document.addEventListener("compositionend", (event) => { composing = false; later(event.target); }, true);
  document.addEventListener("input", (event) => {
    if (event.target.closest?.(FORM)) typed = performance.now();
    later(event.target);
  }, true);
  window.addEventListener("beforeunload", (event) => {
    const app = document.querySelector('[data-testid="stApp"]')?.dataset;
    if (app?.testConnectionState !== "CONNECTED") return;
    const onItsWay = app.testScriptState === "notRunning" ? 2 * PAUSE : LONGEST_RUN;
    if (performance.now() - typed < onItsWay) event.preventDefault();
  });

  function later(field) {
    if (!(field instanceof HTMLTextAreaElement) || !field.closest(FORM)) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      if (composing || !field.isConnected) return;
      field.dispatchEvent(new KeyboardEvent("keydown", {
        key: "Enter", code: "Enter", keyCode: 13, which: 13, ctrlKey: true, bubbles: true, cancelable: true,
      }));
    }, PAUSE);
  }
})();
