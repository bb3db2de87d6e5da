import { bytes, extent, isPositive, isSlideId, micrometres, pixels, short, versioned } from './units.js';

const find = (selector) => document.querySelector(selector);
const byName = new Intl.Collator('en', { numeric: true }).compare;

function scanText(slide) {
  const parts = [];
  if (isPositive(slide.magnification))
    parts.push(`${short(slide.magnification)}×`);
  if (isPositive(slide.mpp_x))
    parts.push(`${micrometres(slide.mpp_x)}/px`);
  return parts.join(' · ');
}

function makeCard(slide) {
  const item = find('#card').content.firstElementChild.cloneNode(true);
  const link = item.querySelector('a');
  link.href = `viewer/${slide.id}`;
  link.dataset.slide = slide.id;
  const image = item.querySelector('img');
  image.addEventListener('error', () => image.remove());
  image.src = versioned(`slides/${slide.id}/thumbnail.jpg`, slide);
  const fill = (name, text) => {
    item.querySelector(name).textContent = text;
  };
  fill('.name', slide.id);
  fill('.mpx', pixels(slide.width * slide.height));
  fill('.size', extent(slide.width, slide.height));
  fill('.scan', scanText(slide) || 'scale unknown');
  fill('.bytes', isPositive(slide.bytes?.file) ? bytes(slide.bytes.file) : '');
  return item;
}

let items = []; // what is shown, a card each
let shownText = ''; // of the list that they were made from

function filterCards() {
  const words = find('#filter').value.toLowerCase().split(/\s+/);
  let shown = 0;
  for (const { id, element } of items) {
    element.hidden = !words.every((word) => id.toLowerCase().includes(word));
    shown += !element.hidden;
  }
  find('#count').textContent = shown === items.length ? shown : `${shown} of ${items.length}`;
}

function showSlides(slides) {
  items = slides
    .filter((slide) => isSlideId(slide.id))
    .sort((a, b) => byName(a.id, b.id))
    .map((slide) => ({ id: slide.id, element: makeCard(slide) }));
  find('#cards').replaceChildren(...items.map((item) => item.element));
  find('#empty').hidden = items.length > 0;
  find('#filter').disabled = items.length === 0;
  filterCards();
}

function showError(error) {
  find('#count').textContent = '';
  find('#error-text').textContent = error.message;
  find('#error').hidden = false;
}

async function update() {
  const response = await fetch('slides');
  if (!response.ok)
    throw new Error(`The server answered ${response.status} ${response.statusText}.`);
  const text = await response.text();
  if (text !== shownText)
    showSlides(JSON.parse(text).slides);
  shownText = text;
}

// Slides come and go: whoever looks at the page again sees those of now. A server that is away leaves what is shown.
function updateWhenLookedAt() {
  if (document.visibilityState === 'visible')
    update().catch(() => {});
}

async function start() {
  for (const button of document.querySelectorAll('.reload'))
    button.addEventListener('click', () => location.reload());
  find('#filter').addEventListener('input', filterCards);
  try {
    await update();
    document.addEventListener('visibilitychange', updateWhenLookedAt);
    document.documentElement.dataset.state = 'ready';
  } catch (error) {
    showError(error);
    document.documentElement.dataset.state = 'failed';
  }
}

start();
