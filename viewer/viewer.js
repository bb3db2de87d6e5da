import {
  bytes, extent, grouped, isPositive, isSlideId, micrometres, pixels, scaleBar, short, versioned,
} from './units.js';

const SCALE_ROOM = 160; // screen pixels that the scale bar may take
const NAVIGATOR_AREA = 26000; // square screen pixels at most; its shape is the slide's
const FORMATS = { origami: 'Origami slide', deepzoom: 'Deep Zoom folder', rrip: 'RRIP residuals' };
const RESOLUTIONS = [['L0', 'full'], ['L1', 'half'], ['L2', 'quarter']];

const { OpenSeadragon } = window;
const page = document.documentElement;
const find = (selector) => document.querySelector(selector);

/**
 * OpenSeadragon adds an inline style sheet, which the content security policy forbids, unless it finds a "style"
 * element with this mark. One of a foreign namespace is found and does nothing; the only rule is in origami.css.
 */
function markStyled() {
  const mark = document.createElementNS('urn:origami', 'style');
  mark.setAttribute('data-openseadragon-mobile-css', '');
  document.head.append(mark);
}

function openViewer(id, facts) {
  markStyled();
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  return OpenSeadragon({
    element: find('#slide'),
    tileSources: versioned(`../dzi/${id}.dzi`, facts), // its tiles get the same query
    drawer: ['auto', 'canvas'], // auto is WebGL; canvas draws our tiles, which do not overlap, a pixel too large: seams
    showNavigationControl: false,
    showNavigator: true,
    navigatorElement: find('#navigator'),
    navigatorOpacity: 1,
    navigatorDisplayRegionColor: '#c2308f',
    animationTime: calm ? 0 : 0.5,
    gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
    maxZoomPixelRatio: 4,
    preserveImageSizeOnResize: true,
    maxTilesPerFrame: 8,
    imageLoaderLimit: 12, // few enough that what comes into view is asked for before what left it
    maxImageCacheCount: 600,
    tileRetryMax: 3,
    tileRetryDelay: 1000,
  });
}

/** The page's state for all to see: "loaded" when the view rests and every tile in it is there. */
function trackState(viewer) {
  const missing = new Set();
  let moving = false;
  const update = () => {
    const item = viewer.world.getItemAt(0);
    const loaded = item?.getFullyLoaded() && !moving && missing.size === 0;
    page.dataset.state = loaded ? 'loaded' : 'open';
  };
  const move = (now) => () => {
    moving = now;
    update();
  };
  viewer.addHandler('open', update);
  viewer.addHandler('fully-loaded-change', update);
  viewer.addHandler('animation-start', move(true));
  viewer.addHandler('animation-finish', move(false));
  trackMissing(viewer, missing, update);
}

/** A tile that did not come after all retries is said, never passed over: blurred tissue looks like tissue. */
function trackMissing(viewer, missing, changed) {
  const update = (gaveUp) => {
    find('#missing').hidden = missing.size === 0 || (find('#missing').hidden && !gaveUp);
    changed();
  };
  viewer.addHandler('tile-load-failed', ({ tile, maxReached }) => {
    missing.add(tile);
    update(maxReached);
  });
  viewer.addHandler('tile-loaded', ({ tile }) => {
    if (missing.delete(tile))
      update(false);
  });
  find('#again').addEventListener('click', () => {
    for (const tile of missing)
      tile.exists = true;
    missing.clear();
    viewer.world.resetItems();
    update(false);
  });
}

/** Enlarged pixels are smoothed or crisp as the box says; reduced ones are always smoothed. */
function makeSmoothing(viewer) {
  const box = find('#smooth');
  let applied = true;
  const apply = () => {
    const smooth = box.checked || imageZoom(viewer) * OpenSeadragon.pixelDensityRatio <= 1;
    if (smooth !== applied)
      viewer.drawer.setImageSmoothingEnabled(smooth);
    applied = smooth;
  };
  box.addEventListener('change', apply);
  return apply;
}

/** Screen pixels per slide pixel, as it is now in the middle of an animation. */
function imageZoom(viewer) {
  return viewer.viewport.viewportToImageZoom(viewer.viewport.getZoom(true));
}

/** The finest level that OpenSeadragon draws now, by its own rule. */
function levelInView({ viewport, source, minPixelRatio }) {
  const ratio = (level) => viewport.deltaPixelsFromPointsNoRotate(source.getPixelRatio(level), true).x;
  let level = source.maxLevel;
  while (level > source.minLevel && ratio(level) < minPixelRatio)
    level--;
  return level;
}

function showScale(perPixel) {
  const { length, width } = scaleBar(perPixel, SCALE_ROOM);
  find('#scale-length').textContent = micrometres(length);
  find('#scale-bar').style.width = `${width}px`;
  find('#scale').hidden = false;
}

function showView(viewer, facts) {
  const zoom = imageZoom(viewer);
  const { magnification, mpp_x: mpp } = facts;
  find('#zoom').textContent = isPositive(magnification) ? `${short(magnification * zoom)}×` : `${short(100 * zoom)} %`;
  find('#level').textContent = levelInView(viewer);
  if (isPositive(mpp))
    showScale(mpp / zoom);
}

/** The slide's pixel under the pointer, if it is over the slide. */
function pixelAt(viewer, event) {
  const place = OpenSeadragon.getMousePosition(event).minus(OpenSeadragon.getElementPosition(viewer.element));
  const { x, y } = viewer.viewport.viewerElementToImageCoordinates(place);
  const size = viewer.source.dimensions;
  const inside = x >= 0 && y >= 0 && x < size.x && y < size.y;
  return inside ? { x: Math.floor(x), y: Math.floor(y) } : null;
}

function showPosition(viewer, pointer) {
  const pixel = pointer && pixelAt(viewer, pointer);
  find('#position').textContent = pixel ? `x ${grouped(pixel.x)}  y ${grouped(pixel.y)}` : '';
}

function shapeNavigator({ navigator, source, viewport }) {
  const ratio = Math.min(Math.max(source.dimensions.x / source.dimensions.y, 0.4), 2.5);
  const stage = viewport.getContainerSize();
  const area = Math.min(NAVIGATOR_AREA, stage.x * stage.y / 20);
  navigator.setWidth(Math.round(Math.sqrt(area * ratio)));
  navigator.setHeight(Math.round(Math.sqrt(area / ratio)));
}

function physicalSize({ width, height, mpp_x: x, mpp_y: y }) {
  return isPositive(x) && isPositive(y) ? `${short(width * x / 1000)} × ${short(height * y / 1000)} mm` : null;
}

function factRows(facts, source) {
  const { width, height, magnification, mpp_x: mpp } = facts;
  return [
    ['Size', `${extent(width, height)} (${pixels(width * height)})`],
    ['On glass', physicalSize(facts)],
    ['Scanned at', isPositive(magnification) ? `${short(magnification)}×` : null],
    ['Pixel size', isPositive(mpp) ? micrometres(mpp) : 'unknown, so no scale bar'],
    ['Scanner', facts.vendor],
    ['File', isPositive(facts.bytes?.file) ? bytes(facts.bytes.file) : null],
    ['Stored as', FORMATS[facts.format]],
    ['Pyramid', `${source.maxLevel + 1} levels, tiles of ${source.getTileWidth(0)} px`],
  ].filter(([, value]) => value);
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function fidelityRow(name, { psnr_luma: luma, psnr_rgb: colour, ssim }) {
  const decibels = (value) => (Number.isFinite(value) ? `${value.toFixed(1)} dB` : '–');
  const row = element('tr', '');
  row.append(element('th', name), element('td', decibels(luma)), element('td', decibels(colour)),
    element('td', Number.isFinite(ssim) ? ssim.toFixed(3) : '–'));
  return row;
}

function showFacts(facts, source) {
  for (const [name, value] of factRows(facts, source))
    find('#facts dl').append(element('dt', name), element('dd', value));
  const measured = RESOLUTIONS.filter(([level]) => facts.fidelity?.[level]);
  find('#fidelity tbody').append(...measured.map(([level, name]) => fidelityRow(name, facts.fidelity[level])));
  find('#fidelity').hidden = measured.length === 0;
  find('#facts').hidden = false;
}

function showError(text) {
  find('#error-text').textContent = text;
  find('#error').hidden = false;
  page.dataset.state = 'failed';
}

function toggleFullScreen() {
  if (document.fullscreenElement)
    document.exitFullscreen();
  else
    page.requestFullscreen();
}

function wireButtons(viewer) {
  const zoomBy = (factor) => () => {
    viewer.viewport.zoomBy(factor);
    viewer.viewport.applyConstraints();
  };
  find('#zoom-in').addEventListener('click', zoomBy(2));
  find('#zoom-out').addEventListener('click', zoomBy(0.5));
  find('#home').addEventListener('click', () => viewer.viewport.goHome());
  find('#full-screen').addEventListener('click', toggleFullScreen);
  find('#full-screen').hidden = !document.fullscreenEnabled;
}

/** OpenSeadragon's letters for mirroring, rotating and leafing are off: a mirrored slide looks right and is not. */
function wireKeys(viewer) {
  const off = new Set(['KeyF', 'KeyR', 'KeyJ', 'KeyK']);
  viewer.addHandler('canvas-key', (event) => {
    event.preventDefaultAction ||= off.has(event.originalEvent.code);
  });
  document.addEventListener('keydown', ({ code, ctrlKey, altKey, metaKey }) => {
    if (code === 'KeyF' && !ctrlKey && !altKey && !metaKey && document.fullscreenEnabled)
      toggleFullScreen();
  });
}

/** What the server tells about a slide; nothing if it tells nothing, the picture is then shown without a scale. */
async function fetchFacts(id) {
  try {
    const response = await fetch(`../slides/${id}`);
    return response.ok ? await response.json() : {};
  } catch {
    return {};
  }
}

function opened(viewer, known) {
  const { x: width, y: height } = viewer.source.dimensions;
  const facts = { ...known, width, height };
  const applySmoothing = makeSmoothing(viewer);
  let pointer = null;
  const update = () => {
    applySmoothing();
    showView(viewer, facts);
    showPosition(viewer, pointer);
  };
  const point = (event) => {
    pointer = event.type === 'pointermove' ? event : null;
    showPosition(viewer, pointer);
  };
  find('#max-level').textContent = viewer.source.maxLevel;
  find('#readout').hidden = false;
  viewer.addHandler('animation', update);
  for (const type of ['pointermove', 'pointerleave'])
    find('#stage').addEventListener(type, point);
  update();
  shapeNavigator(viewer);
  showFacts(facts, viewer.source);
  viewer.canvas.setAttribute('aria-label', 'Slide: arrow keys move, plus and minus zoom, 0 shows all of it');
  viewer.canvas.focus({ focusVisible: false });
}

async function start() {
  const id = location.pathname.split('/').pop();
  find('#reload').addEventListener('click', () => location.reload());
  if (!isSlideId(id)) {
    showError('Its address holds a name that no slide can have.');
    return;
  }
  find('#name').textContent = id;
  document.title = `${id} – Origami`;
  const facts = await fetchFacts(id);
  const viewer = openViewer(id, facts);
  viewer.addOnceHandler('open', () => opened(viewer, facts));
  viewer.addOnceHandler('open-failed', () => showError('The server has no such slide, or cannot be reached.'));
  trackState(viewer);
  wireButtons(viewer);
  wireKeys(viewer);
}

start();
