// A scanned receipt names the matter behind a "#", which never leaves the browser: fill it into the form.
(() => {
  const [number, code] = decodeURIComponent(location.hash.slice(1)).split("/");
  const fields = document.forms[0]?.elements;
  if (!fields || !number || !code) return;
  fields.number.value = number;
  fields.code.value = code;
  history.replaceState(null, "", location.pathname + location.search);
  document.forms[0].querySelector("button").focus();
})();
