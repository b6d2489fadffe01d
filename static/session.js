// When the connection was lost and the session is over (signed out elsewhere, idle, revoked), draw the page
// anew: Streamlit alone would leave what was on the screen until the next click.
(() => {
  "use strict";
  if (window.linliSession) return;
  window.linliSession = true;

  async function leaveWhenOver() {
    try {
      const answer = await fetch("/session/alive", { cache: "no-store" });
      if (answer.ok && !(await answer.json()).alive) location.reload();
    } catch {
      // The server does not answer; Streamlit tells so and the next connection asks again.
    }
  }

  const state = () => document.querySelector('[data-testid="stApp"]')?.dataset.testConnectionState;
  let before = state();
  new MutationObserver(() => {
    const now = state();
    if (now === before) return;
    before = now;
    if (document.querySelector("[data-linli-signed-in]")) leaveWhenOver();
  }).observe(document.body, { subtree: true, attributes: true, attributeFilter: ["data-test-connection-state"] });
})();
