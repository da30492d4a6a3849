// What is wrong with the layout of the page as it is: a line for each fault. For tests/e2e/test_layout.py.
() => {
  const faults = [];
  const all = (selector) => [...document.querySelectorAll(selector)].filter((e) => e.checkVisibility());
  const name = (e) => e.dataset.testid ?? e.className;
  const within = (inner, outer) =>
    inner.left >= outer.left - 1 && inner.right <= outer.right + 1 &&
    inner.top >= outer.top - 1 && inner.bottom <= outer.bottom + 1;
  const screen = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
  const overflows = (e, axis) => ['auto', 'scroll'].includes(getComputedStyle(e)[`overflow${axis}`]);

  // Clocks are read whole: neither cut off nor beside the screen.
  for (const clock of all('.time-left-clock, .clock, .rehearsal, .phase')) {
    const text = document.createRange();
    text.selectNodeContents(clock);
    const box = text.getBoundingClientRect();
    for (let e = clock.parentElement; e; e = e.parentElement)
      if (getComputedStyle(e).overflowX === 'hidden' && (box.right > e.getBoundingClientRect().right + 1))
        faults.push(`${name(clock)} is cut off by ${name(e)}`);
    if (box.left < -1 || box.right > innerWidth + 1) faults.push(`${name(clock)} lies beside the screen`);
    if (clock.closest('.header') && box.top < -1) faults.push(`${name(clock)} lies above the screen`);
  }

  // A header leaves the page its room, and nothing in it lies over something else.
  for (const header of all('.header')) {
    const height = header.getBoundingClientRect().height;
    if (height > innerHeight * 0.2) faults.push(`the header is ${height} px high`);
    const parts = [...header.querySelectorAll('.header-name, .phase, .standing > *, button, select, .clock, .rehearsal')]
      .filter((e) => e.checkVisibility() && e.getBoundingClientRect().width > 0);
    for (const [n, one] of parts.entries())
      for (const other of parts.slice(n + 1)) {
        const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
        const over = Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1;
        if (over && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1)
          faults.push(`${name(one)} and ${name(other)} lie over each other`);
      }
  }

  // A box of alarms is a tab stop only while there are any.
  for (const box of all('.alarms')) if (box.childElementCount === 0 && box.tabIndex >= 0) faults.push('an empty box is a tab stop');

  // What has to be pressed in a hurry is on the screen, with nothing over it.
  const urgent = [
    'mute-button', 'devices-button', 'next-button', 'language-select', 'tally', 'clock', 'console-switch', 'cough-button',
  ];
  for (const id of urgent)
    for (const e of all(`[data-testid="${id}"]`)) {
      const box = e.getBoundingClientRect();
      // The page or the rail is scrolled there.
      if (innerWidth < 1000 && (e.closest('.room-rail') || (id === 'devices-button' && e.closest('.console')))) continue;
      const top = document.elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2);
      if (!within(box, screen)) faults.push(`${id} is not on the screen`);
      else if (!top || !(e.contains(top) || top.contains(e))) faults.push(`${name(top)} lies over ${id}`);
    }

  // A message takes room from what is below it, and leaves most of the picture.
  const box = document.querySelector('.messages');
  const clips = box && getComputedStyle(box).overflowY !== 'visible';
  const said = (clips ? box : box?.querySelector('[role=status] > :last-child, .message'))?.getBoundingClientRect();
  for (const part of all('.program:not(.monitor.next *), .guest-check > section:not(.messages)')) {
    const place = part.getBoundingClientRect();
    if (said && said.bottom > place.top + 1 && said.top < place.bottom - 1) faults.push(`a message lies over ${name(part)}`);
    if (place.height < innerHeight * 0.2) faults.push(`${name(part)} is ${place.height} px high`);
  }

  // On a desk, what is on air and what comes are in sight among many sources.
  if (innerWidth > 1000)
    for (const tile of all('.tile:is(.on-air, .next)'))
      if (!within(tile.getBoundingClientRect(), tile.parentElement.getBoundingClientRect()))
        faults.push(`${name(tile)} has to be scrolled to`);

  // Whatever is scrolled can be scrolled with the keyboard.
  for (const e of all('body *')) {
    const scrolls =
      (overflows(e, 'Y') && e.scrollHeight > e.clientHeight + 1) || (overflows(e, 'X') && e.scrollWidth > e.clientWidth + 1);
    if (scrolls && e.tabIndex < 0 && !e.querySelector('a[href], button:enabled, select, input, [tabindex="0"]'))
      faults.push(`${name(e)} is scrolled with a mouse alone`);
  }
  return faults;
}
