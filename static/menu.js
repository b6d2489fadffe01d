// The menu's headings stand inside Streamlit's list, where only items of the list may stand. Read aloud it is no list
// then, but links below their headings inside the navigation.
(() => {
  "use strict";
  if (window.linliMenu) return;
  window.linliMenu = true;
  const LIST = '[data-testid="stSidebarNavItems"]';

  function unlist() {
    document.querySelectorAll(`${LIST}:not([role]), ${LIST} li:not([role])`).forEach((one) => {
      one.setAttribute("role", "none");
    });
  }

  new MutationObserver(unlist).observe(document.documentElement, { subtree: true, childList: true });
  unlist();
})();
