/** Style and script of the page to label from. */

export const LABEL_SHEET_STYLE = `
:root { color-scheme: light dark; --line: #8886; --tile: #8882; --on: #2e7d32; --off: #8888; }
body { font: 16px/1.45 system-ui, sans-serif; margin: 0; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; margin: 0 0 .5rem; } h2 { font-size: 1.1rem; margin: 0; } h2 small { font-weight: normal; opacity: .75; }
p { max-width: 52rem; } .why { margin: .25rem 0 .75rem; padding-left: 1.2rem; }
section { border-top: 2px solid var(--line); margin-top: 2rem; padding-top: 1rem; }
svg.frame { display: block; width: 100%; height: auto; background: var(--tile); cursor: crosshair; }
.marks rect, .marks circle { fill: none; stroke: #ffeb3b; stroke-width: 2px; vector-effect: non-scaling-stroke; }
.marks text { fill: #ffeb3b; stroke: #000; stroke-width: 3px; paint-order: stroke; font-weight: bold; vector-effect: non-scaling-stroke; }
.marks .weak rect { stroke-dasharray: 4 3; } .marks .off { opacity: .5; } .marks .added { cursor: pointer; }
.marks .added circle { stroke: #00e5ff; fill: #00e5ff33; } .marks .added text { fill: #00e5ff; }
.places { display: flex; flex-wrap: wrap; align-items: flex-start; gap: .75rem; list-style: none; margin: .75rem 0; padding: 0; }
.places li { border: 3px solid var(--on); border-radius: 4px; overflow: hidden; max-width: 100%; }
.places li.off { border-color: var(--off); }
svg.crop { display: block; max-width: 100%; height: auto; background: var(--tile); }
.crop rect { fill: none; stroke: #fff8; stroke-width: 1px; vector-effect: non-scaling-stroke; }
.places label { display: block; padding: .3rem .45rem; }
select, button, input { font: inherit; } .say { display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; align-items: center; max-width: none; }
code { background: var(--tile); padding: .35rem .5rem; border-radius: 4px; }
.missing { font-style: italic; }
`;

/** Without it the page shows the same, but the command has to be written by hand. */
export const LABEL_SHEET_SCRIPT = `
'use strict';
const NOBODY = 'nobody';
const quoted = text => /^[\\w.,=+:/-]+$/.test(text) ? text : "'" + text.replaceAll("'", "'\\\\''") + "'";
const svg = (name, attributes) => {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
};

for (const section of document.querySelectorAll('section')) {
  const find = selector => section.querySelector(selector);
  const places = [...section.querySelectorAll('.places li')];
  const marks = [...section.querySelectorAll('.marks > g')];
  const command = find('.command');
  const picture = find('svg.frame');
  const added = [];

  const said = () => {
    const rider = ({ x, y, activity }) => quoted(x + ',' + y + '=' + activity);
    const each = places.map(place => ({ ...place.dataset, seen: place.dataset.activity, activity: place.querySelector('select').value }));
    const seen = each.filter(({ number }) => number !== '');
    const right = seen.filter(({ activity }) => activity !== NOBODY);
    const more = [...each.filter(({ number, activity }) => number === '' && activity !== NOBODY), ...added];
    if (right.length + more.length === 0) return ['--as none'];
    const complete = find('.complete').checked ? ['--complete'] : [];
    if (seen.length === 0 || right.some(({ seen, activity }) => activity !== seen))
      return [...[...right, ...more].map(one => '--rider ' + rider(one)), ...complete];
    const not = seen.filter(({ activity }) => activity === NOBODY).map(({ number }) => number).join(',');
    const review = [...(not === '' ? [] : ['--not ' + not]), ...more.map(one => '--also ' + rider(one))];
    return [...(review.length === 0 ? ['--confirm'] : review), ...complete];
  };

  const show = () => {
    for (const [index, place] of places.entries()) {
      const off = place.querySelector('select').value === NOBODY;
      place.classList.toggle('off', off);
      marks[index]?.classList.toggle('off', off);
    }
    const { frame, where } = section.dataset;
    command.textContent = ['surfwatch label', frame, ...said(), where].filter(part => part !== '').join(' ');
  };

  section.addEventListener('change', show);
  find('.nobody').addEventListener('click', () => {
    for (const place of places) place.querySelector('select').value = NOBODY;
    for (const { mark } of added.splice(0)) mark.remove();
    show();
  });

  picture?.addEventListener('click', event => {
    const { width, height } = picture.viewBox.baseVal;
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(picture.getScreenCTM().inverse());
    const activity = find('.new').value;
    const size = width / 64;
    const mark = svg('g', { class: 'added' });
    const text = svg('text', { x: at.x + size, y: at.y, 'font-size': size });
    text.textContent = activity;
    mark.append(svg('circle', { cx: at.x, cy: at.y, r: size / 2 }), text);
    picture.querySelector('.marks').append(mark);
    const one = { x: (at.x / width).toFixed(4), y: (at.y / height).toFixed(4), activity, mark };
    added.push(one);
    mark.addEventListener('click', again => {
      again.stopPropagation();
      mark.remove();
      added.splice(added.indexOf(one), 1);
      show();
    });
    show();
  });

  find('.copy').addEventListener('click', async event => {
    const button = event.currentTarget;
    try {
      await navigator.clipboard.writeText(command.textContent);
    } catch {
      // No clipboard for this page: mark the text, so that the usual keys copy it.
      getSelection().selectAllChildren(command);
      document.execCommand('copy');
    }
    button.textContent = 'Copied';
    setTimeout(() => { button.textContent = 'Copy'; }, 1500);
  });
  show();
}
`;
