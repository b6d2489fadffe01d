// Posts a one-time ticket or a sign-out from our own page, and makes the sign-in form easy to fill.
(() => {
  "use strict";

  function post(mark) {
    mark.dataset.linliSent = "yes";
    const form = document.createElement("form");
    form.method = "post";
    form.action = mark.dataset.linliPost;
    for (const { name, value } of mark.attributes) {
      if (!name.startsWith("data-field-")) continue;
      const field = document.createElement("input");
      field.type = "hidden";
      field.name = name.slice("data-field-".length);
      field.value = value;
      form.append(field);
    }
    document.body.append(form);
    form.submit();
  }

  function prepareSignIn(triesLeft) {
    const form = document.querySelector('[data-testid="stForm"]');
    const [name, password] = form ? form.querySelectorAll("input") : [];
    if (!password) {
      if (triesLeft > 0) setTimeout(prepareSignIn, 100, triesLeft - 1);
      return;
    }
    name.autocomplete = "username";
    name.autocapitalize = "none";
    name.spellcheck = false;
    password.autocomplete = "current-password";
    if (document.activeElement === document.body && !name.value) name.focus();
  }

  const mark = document.querySelector("[data-linli-post]:not([data-linli-sent])");
  if (mark) post(mark);
  else if (document.querySelector("[data-linli-focus='sign-in']")) prepareSignIn(30);
})();
