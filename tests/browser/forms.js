// The forms somebody can type into now: each with the keys of its text fields and of the buttons that save.
() => {
  const FORMS = "[data-testid=stForm], .st-key-take_in_form, [class*='st-key-kept_form-'], [class*='st-key-step-form-']";
  const FIELDS = "[data-testid=stTextInput], [data-testid=stTextArea]";
  const BUTTONS = "[data-testid=stBaseButton-primary], [data-testid=stBaseButton-secondary]," +
    "[data-testid=stBaseButton-primaryFormSubmit], [data-testid=stBaseButton-secondaryFormSubmit]," +
    "[data-testid=stBaseButton-tertiaryFormSubmit]";
  const LEAVE = /discard|later|close|foot|cancel|mine$|theirs$/;
  const shown = (one) => one.checkVisibility({ visibilityProperty: true }) && one.getBoundingClientRect().width > 0;
  const key = (one) => [...(one.closest("[data-testid=stElementContainer]")?.classList ?? [])]
    .find((name) => name.startsWith("st-key-")) ?? "";
  // Without what tells records and openings of one form apart.
  const name = (text) => text.replace(/^st-key-/, "").replace(/^(kept-.{22}|take_in-.{16}|step-.{16,22})-/, "").replace(/\d+/g, "0");
  const typed = (root) => [...root.querySelectorAll(FIELDS)].filter((one) =>
    shown(one) && key(one) && !one.querySelector("input, textarea").disabled);
  const saves = (root) => [...root.querySelectorAll(BUTTONS)]
    .filter((one) => shown(one) && !one.disabled && key(one) && !LEAVE.test(key(one)))
    .filter((one) => !one.closest("[data-testid=stFileUploader], [data-testid=stPopover]"))
    .map((one) => [key(one), one.dataset.testid.includes("primary"), one.innerText.trim()])
    .sort((one, other) => other[1] - one[1]);
  const found = [...document.querySelectorAll(FORMS)].filter(shown).map((form) => ({
    fields: typed(form).map(key),
    // The buttons of the first form of all stand below it, in sight wherever one is.
    saves: form.matches(".st-key-take_in_form") ? saves(document.querySelector("[data-testid=stMain]")).filter(
      (one) => one[1]) : saves(form),
  }));
  found.push({
    loose: true,
    fields: typed(document.body).filter((one) => !one.closest(FORMS)).map(key),
    saves: [],
  });
  return found.filter((form) => form.fields.length).map((form) => ({
    ...form,
    kind: [...form.fields.map(name), ...form.saves.map((save) => `${name(save[0])} ${save[2]}`)].join(", "),
    saves: form.saves.map((save) => save[0]),
  }));
}
