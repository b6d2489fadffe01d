// Marks the page, <html data-waits>, from a touch of mouse or key until everything it asked the server for has been drawn.
// Streamlit itself says "running" only when the server's answer begins: a test that looked in between would go on
// too early, and its next click or reload would meet a page that is about to change.
(() => {
  "use strict";
  const RERUN = 0x5a; // how a message to the server begins that asks for a run
  const [STARTED, FINISHED, FOR_ANOTHER] = [4, 6, 2]; // ForwardMsg: two of its fields, and a way to finish
  // Milliseconds: an answer being drawn, a grid keeping an edit back, two questions answered together, no answer.
  const [DRAWN, GRID, TOGETHER, UNHEARD] = [60, 300, 1000, 15000];
  let [asked, answered, timer] = [0, 0, 0];

  function mark(milliseconds) {
    clearTimeout(timer);
    document.documentElement.dataset.waits = "";
    timer = milliseconds && setTimeout(() => {
      asked = answered = 0;
      delete document.documentElement.dataset.waits;
    }, milliseconds);
  }

  function touched(event) {
    // What a grid opens above a cell to type or choose in stands in a place of its own.
    if (!asked) mark(event.target.closest?.("[data-testid=stDataFrame], #portal") ? GRID : DRAWN);
  }

  // The first field of a message beyond its hash and metadata, and its number or length.
  function told(bytes) {
    let at = 0;
    const number = () => {
      for (let value = 0, unit = 1; ; unit *= 128) {
        value += (bytes[at] & 127) * unit;
        if (bytes[at++] < 128) return value;
      }
    };
    while (at < bytes.length) {
      const [field, value] = [number() >> 3, number()];
      if (field >= STARTED) return [field, value];
      at += value;
    }
    return [0, 0];
  }

  window.WebSocket = class extends WebSocket {
    constructor(...where) {
      super(...where);
      asked = answered = 0;
      this.addEventListener("message", ({ data }) => this.hear(new Uint8Array(data)));
      this.addEventListener("close", () => mark(DRAWN));
    }

    send(bytes) {
      if (bytes[0] === RERUN) {
        asked += 1;
        mark(UNHEARD);
      }
      super.send(bytes);
    }

    hear(bytes) {
      const [field, how] = told(bytes);
      if (field === STARTED) mark(0);
      if (field !== FINISHED) return;
      answered += how === FOR_ANOTHER ? 0 : 1;
      if (how !== FOR_ANOTHER) mark(answered < asked ? TOGETHER : DRAWN);
    }
  };
  // Nothing fades in and nothing turns round: what is half drawn is no sight to judge.
  const still = new CSSStyleSheet();
  const once = "animation-duration: 1ms !important; animation-delay: 0s !important; animation-iteration-count: 1 !important";
  const soon = "transition-duration: 1ms !important; transition-delay: 0s !important";
  still.replaceSync(`*, ::before, ::after { ${once}; ${soon} }`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, still];
  for (const kind of ["mouseover", "click", "keydown", "input", "change"]) document.addEventListener(kind, touched, true);
})();
