// The button above a printed sheet.
document.querySelector("[data-linli-print]")?.addEventListener("click", () => window.print());
