// What is wrong with a stage display as it is: a line for each fault. For tests/e2e/test_layout.py.
async () => {
  // Texts are fitted after the layout of a new size.
  for (let n = 0; n < 2; n++) await new Promise((drawn) => requestAnimationFrame(drawn));
  const faults = [];
  const all = (selector) => [...document.querySelectorAll(selector)].filter((e) => e.checkVisibility());
  const name = (e) => e.dataset.testid ?? e.className;
  const box = (e) => e.getBoundingClientRect();
  const stage = box(document.querySelector('.stage'));

  // Every part is on the screen, whole, and over no other.
  const parts = all('.stage > *, .stage-item, .stage-words, .stage-city').filter((e) => box(e).height > 0 && !e.matches('.banner:not(.shown), .unseen'));
  for (const part of parts) {
    const { left, right, top, bottom } = box(part);
    if (left < -1 || top < -1 || right > innerWidth + 1 || bottom > innerHeight + 1) faults.push(`${name(part)} is not on the screen`);
  }
  const rows = parts.filter((e) => e.parentElement.matches('.stage'));
  for (const [n, one] of rows.entries())
    for (const other of rows.slice(n + 1))
      if (Math.min(box(one).bottom, box(other).bottom) - Math.max(box(one).top, box(other).top) > 1)
        faults.push(`${name(one)} and ${name(other)} lie over each other`);

  // Texts fit: the fitted ones by their size, the short ones in their line.
  for (const fitted of all('.fitted')) {
    const text = fitted.firstElementChild;
    if (text.offsetHeight > fitted.clientHeight + 1 || text.scrollWidth > fitted.clientWidth + 1)
      faults.push(`“${text.textContent}” does not fit`);
    if (parseFloat(getComputedStyle(text).fontSize) < Math.min(innerWidth, innerHeight) / 50) faults.push(`“${text.textContent}” is tiny`);
  }

  // Figures are 0.72 em high: a quarter of the height of the screen, or of an upright one as much as its width allows.
  for (const clock of all('.time-left-clock')) {
    const height = 0.72 * parseFloat(getComputedStyle(clock).fontSize);
    const { left, right } = box(clock);
    if (left < stage.left || right > stage.right) faults.push('the time left is cut off');
    if (innerWidth > innerHeight && height < innerHeight / 4) faults.push(`the time left is ${height} px high`);
    if (innerWidth <= innerHeight && right - left < innerWidth * 0.45) faults.push(`the time left is ${right - left} px wide`);
  }
  // What is said is as large as the time where it is as short.
  for (const cue of all('.cue .fitted-text'))
    if (innerWidth > innerHeight && parseFloat(getComputedStyle(cue).fontSize) < innerHeight / 8) faults.push('a cue is small');
  return faults;
}
