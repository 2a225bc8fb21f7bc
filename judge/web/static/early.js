// Runs before the problem's page is drawn, so that nothing moves afterwards: where its panes end, and which keys a Mac has.

const root = document.documentElement;
root.dataset.keys = /Mac|iPhone|iPad/.test(navigator.platform) ? "mac" : "other";
try {
  for (const [key, property] of [["judge:left", "--left"], ["judge:low", "--low"]]) {
    const percent = Number(localStorage.getItem(key));
    if (percent > 0 && percent < 100) root.style.setProperty(property, `${percent}%`);
  }
} catch {
  // This browser keeps nothing for us: the panes have the sizes that the style sheet gives.
}
