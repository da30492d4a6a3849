// What is wrong with the uppermost open dialog: a line for each fault. For tests/e2e/test_layout.py.
() => {
  const faults = [];
  const dialog = [...document.querySelectorAll('dialog:modal')].at(-1);
  if (!dialog) return ['no dialog is open'];
  const name = (e) => e.dataset.testid ?? `${e.localName} ${e.className}`;
  const box = (e) => e.getBoundingClientRect();
  const own = [...dialog.querySelectorAll('*')].filter((e) => e.checkVisibility() && e.closest('dialog') === dialog);
  const scrolls = (e) => ['auto', 'scroll'].includes(getComputedStyle(e).overflowY) && e.scrollHeight > e.clientHeight + 1;

  const { left, right, top, bottom } = box(dialog);
  if (left < -1 || top < -1 || right > innerWidth + 1 || bottom > innerHeight + 1) faults.push('it is not on the screen');
  for (const e of [dialog, ...own])
    if (e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0 && getComputedStyle(e).overflowX !== 'visible')
      faults.push(`${name(e)} is too wide`);
  for (const e of own)
    if (box(e).right > right + 1 || box(e).left < left - 1) faults.push(`${name(e)} lies beside it`);

  const buttons = own.filter((e) => e.localName === 'button');
  for (const [n, one] of buttons.entries()) {
    if (one.scrollWidth > one.clientWidth + 1) faults.push(`the word of ${name(one)} is cut off`);
    for (const other of buttons.slice(n + 1)) {
      const [a, b] = [box(one), box(other)];
      const over = Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1;
      // What is scrolled goes under the buttons that stay.
      const stays = (e) => e.closest('.joinlinks-head, .joinlinks-choice') !== null;
      if (over && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1 && stays(one) === stays(other))
        faults.push(`${name(one)} and ${name(other)} lie over each other`);
    }
  }

  // The way out is on the screen, however far it is scrolled.
  const out = buttons.find((e) => /-(close|cancel)$/.test(e.dataset.testid ?? ''));
  if (!out) faults.push('no button closes it');
  const scrolled = [dialog, ...own].filter(scrolls);
  for (const e of scrolled) {
    if (e.tabIndex < 0 && !e.querySelector('a[href], button:enabled, select, input, textarea, [tabindex="0"]'))
      faults.push(`${name(e)} is scrolled with a mouse alone`);
    e.scrollTop = e.scrollHeight;
  }
  for (const when of ['at its end', 'at its beginning']) {
    const at = out && box(out);
    if (at && (at.top < -1 || at.bottom > innerHeight + 1)) faults.push(`${name(out)} is not on the screen ${when}`);
    for (const e of scrolled) e.scrollTop = 0;
  }
  return faults;
}
