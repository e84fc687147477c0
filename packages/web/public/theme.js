/* Runs before the first paint so that a chosen theme never flashes the other one. The app owns the key. */
(() => {
  try {
    const chosen = localStorage.getItem('taffrail.theme');
    if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
  } catch {
    // Storage can be switched off; the system's theme is used then.
  }
})();
