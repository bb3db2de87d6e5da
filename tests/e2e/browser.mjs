// The main job as a person does it: open the gallery, click a slide, zoom to full resolution, move about, see tissue.
//   node browser.mjs --url http://127.0.0.1:PORT/ --chromium FILE --screenshot OUT.png [--slide ID] [--modules DIR]
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

const SKIPPED = 77;
const TILE = /\/dzi\/[^/]+_files\/\d+\/\d+_\d+\.jpe?g\?v=[0-9a-f]{16}$/;
const WAIT = 60_000; // milliseconds; sanitizers are slow
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];

function readOptions() {
  const text = { type: 'string' };
  const { values } = parseArgs({
    options: { url: text, chromium: text, screenshot: text, slide: text, modules: { ...text, default: '.' } },
  });
  for (const name of ['url', 'chromium', 'screenshot'])
    assert(values[name], `--${name} is missing`);
  return values;
}

function loadPlaywright(modules) {
  try {
    return createRequire(resolve(modules, 'package.json'))('playwright-core');
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND')
      throw error;
    console.error(`skipped: playwright-core is not installed in ${resolve(modules)} (build browser_test_modules)`);
    process.exit(SKIPPED);
  }
}

/** Everything that a page complains of or asks for, in `seen`. */
function watch(page, origin) {
  const seen = { complaints: [], tiles: [] };
  page.on('pageerror', (error) => seen.complaints.push(`exception: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error')
      seen.complaints.push(`console: ${message.text()} ${message.location().url}`);
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http') && url.origin !== origin)
      seen.complaints.push(`request to another origin: ${url}`);
  });
  page.on('response', (response) => {
    const url = response.url();
    if (TILE.test(url))
      seen.tiles.push(url);
    if (response.status() !== 200 && response.status() !== 304) // what the browser has already, asked for again
      seen.complaints.push(`${response.status()}: ${url}`);
    else if (response.status() === 200 && TILE.test(url) && response.headers()['content-type'] !== 'image/jpeg')
      seen.complaints.push(`not image/jpeg: ${url}`);
  });
  return seen;
}

/** A violation of the content security policy is an event in the page; as a console error it becomes a complaint. */
function reportViolations(page) {
  return page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      console.error(`content security policy: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
}

async function openSlide(page, options) {
  await page.goto(options.url);
  await page.waitForSelector('html[data-state="ready"]');
  const card = page.locator(options.slide ? `#cards a[data-slide="${options.slide}"]` : '#cards a').first();
  const id = await card.getAttribute('data-slide');
  await card.scrollIntoViewIfNeeded();
  await card.locator('img').evaluate((thumbnail) => thumbnail.decode());
  await card.click();
  await page.waitForURL(`**/viewer/${id}`);
  await settle(page);
  return id;
}

/** A change shows as movement in the next frame; what then settles is the new view. */
async function settle(page) {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await page.waitForSelector('html[data-state="loaded"]');
}

const readNumber = async (page, selector) => Number(await page.locator(selector).textContent());

/** In the page: how varied a PNG's greys are, the share of stained pixels, the stained square nearest the middle. */
async function lookAt(png) {
  const image = new Image();
  image.src = `data:image/png;base64,${png}`;
  await image.decode();
  const { width, height } = image;
  const context = new OffscreenCanvas(width, height).getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const side = 40;
  const squares = new Map();
  let sum = 0, squareSum = 0, stained = 0;
  for (let i = 0; i < width * height; i++) {
    const [red, green, blue] = data.subarray(4 * i, 4 * i + 3);
    const grey = (red + green + blue) / 3;
    sum += grey;
    squareSum += grey * grey;
    if (red - green < 15 || blue - green < 10)
      continue;
    stained++;
    const square = `${Math.floor(i % width / side)} ${Math.floor(i / width / side)}`;
    squares.set(square, (squares.get(square) ?? 0) + 1);
  }
  const count = width * height;
  const most = Math.max(0, ...squares.values());
  const [{ x, y } = { x: width / 2, y: height / 2 }] = [...squares]
    .filter(([, stains]) => stains > 0.9 * most)
    .map(([square]) => square.split(' ').map((part) => (Number(part) + 0.5) * side))
    .map(([left, top]) => ({ x: left, y: top, away: Math.hypot(left - width / 2, top - height / 2) }))
    .sort((one, other) => one.away - other.away);
  return { deviation: Math.sqrt(squareSum / count - (sum / count) ** 2), stained: stained / count, x, y };
}

/** The slide as it is on the screen, without what lies over it. */
async function view(page, blank) {
  const covers = page.locator('#facts, #navigator, .foot');
  const show = (visibility) => covers.evaluateAll((all, value) => all.forEach((cover) => {
    cover.style.visibility = value;
  }), visibility);
  await show('hidden');
  const png = await page.locator('#stage').screenshot();
  await show('');
  return blank.evaluate(lookAt, png.toString('base64'));
}

async function drag(page, fromX, fromY, toX, toY) {
  const { x, y } = await page.locator('#stage').boundingBox();
  await page.mouse.move(x + fromX, y + fromY);
  await page.mouse.down();
  await page.mouse.move(x + toX, y + toY, { steps: 5 });
  await page.mouse.up();
  await settle(page);
}

/** The zoom button keeps the middle, so a stained place goes there first. */
async function centreTissue(page, blank) {
  const { x, y } = await view(page, blank);
  const { width, height } = await page.locator('#stage').boundingBox();
  await drag(page, x, y, width / 2, height / 2);
}

async function zoomToFull(page, maxLevel) {
  for (let clicks = 0; await readNumber(page, '#level') < maxLevel; clicks++) {
    assert(clicks < 40, 'the zoom button does not lead to the finest level');
    await page.click('#zoom-in');
    await settle(page);
  }
  await page.click('#zoom-in'); // the finest level is drawn from half its size on
  await settle(page);
}

function assertTissue({ deviation, stained }, where) {
  assert(deviation > 8, `${where}: the picture is flat, its greys deviate by ${deviation.toFixed(1)}`);
  assert(stained > 0.05, `${where}: ${(100 * stained).toFixed(1)} % of the picture is stained`);
}

async function assertScale(page) {
  assert(await page.locator('#scale').isVisible(), 'no scale bar');
  assert.match(await page.locator('#scale-length').textContent(), /^[125]0* (µm|mm)$|^0\.[0-9]+ µm$/);
  const { width } = await page.locator('#scale-bar').boundingBox();
  assert(width >= 40 && width <= 160, `the scale bar is ${width} pixels long`);
}

async function useSlide(page, blank, options, seen) {
  const id = await openSlide(page, options);
  const slide = await (await page.request.get(new URL(`slides/${id}`, options.url).href)).json();
  const maxLevel = Math.ceil(Math.log2(Math.max(slide.width, slide.height)));
  assert.equal(await readNumber(page, '#max-level'), maxLevel);
  assertTissue(await view(page, blank), 'whole slide');
  await assertScale(page);

  await centreTissue(page, blank);
  await zoomToFull(page, maxLevel);
  for (const [x, y] of [[500, 420], [420, 500]])
    await drag(page, x, y, 460, 460);
  assert.equal(await readNumber(page, '#level'), maxLevel);
  assertTissue(await view(page, blank), 'full resolution');
  await assertScale(page);
  const finest = seen.tiles.filter((url) => url.includes(`${id}_files/${maxLevel}/`)).length;
  assert(finest > 0, 'no tile of the finest level was asked for');
  return `${id}: ${seen.tiles.length} tiles, ${finest} of them at full resolution`;
}

/** Whoever follows an old link is told so, and finds the way to the gallery. */
async function missSlide(page, options) {
  const response = await page.goto(new URL('viewer/nothing-here', options.url).href);
  assert.equal(response.status(), 404);
  await page.locator('#error').waitFor();
  assert.match(await page.locator('#error-text').textContent(), /no such slide/);
  await page.click('a[title="All slides"]');
  await page.waitForURL(options.url);
}

async function run(options) {
  const { chromium } = loadPlaywright(options.modules);
  const browser = await chromium.launch({ executablePath: options.chromium, args: ARGUMENTS });
  try {
    const context = await browser.newContext({ viewport: { width: 1280, height: 860 } });
    context.setDefaultTimeout(WAIT);
    const blank = await context.newPage(); // looks at pictures; the viewer's page may not load what it did not ask for
    const page = await context.newPage();
    await reportViolations(page);
    const seen = watch(page, new URL(options.url).origin);
    try {
      console.log(await useSlide(page, blank, options, seen));
      await missSlide(await context.newPage(), options);
    } finally {
      writeFileSync(options.screenshot, await page.screenshot());
      for (const complaint of seen.complaints)
        console.error(complaint);
    }
    assert.equal(seen.complaints.length, 0, 'the browser complained, see above');
  } finally {
    await browser.close();
  }
}

await run(readOptions());
