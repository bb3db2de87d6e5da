// Numbers as people read them. Digits are grouped by a thin space, which no language takes for a decimal sign.
const THIN = '\u202f';
const STEPS = [1, 2, 5];

/** An identifier as the server allows it; anything else never becomes a part of a URL. */
export function isSlideId(text) {
  return typeof text === 'string' && /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/.test(text);
}

/** An address that is new when the slide is: what caches keep for long under the old one is then asked for no more. */
export function versioned(path, { generation }) {
  return /^[0-9a-f]{16}$/.test(generation) ? `${path}?v=${generation}` : path;
}

export function isPositive(value) {
  return Number.isFinite(value) && value > 0;
}

/** Three significant digits, without zeros that say nothing: 0.5, 12.3, 1230. */
export function short(value) {
  return value >= 100 ? grouped(Math.round(value)) : String(Number(value.toPrecision(3)));
}

export function grouped(value) {
  return String(value).replace(/\B(?=(\d{3})+$)/g, THIN);
}

export function extent(width, height) {
  return `${grouped(width)} × ${grouped(height)} px`;
}

export function pixels(count) {
  return count < 1e9 ? `${short(count / 1e6)} Mpx` : `${short(count / 1e9)} Gpx`;
}

export function bytes(count) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let unit = 0;
  for (; count >= 999.5 && unit < units.length - 1; unit++)
    count /= 1000;
  return `${short(count)} ${units[unit]}`;
}

export function micrometres(value) {
  return value < 1000 ? `${short(value)} µm` : `${short(value / 1000)} mm`;
}

/** The longest 1-2-5 length that fits into `room` screen pixels, where one of them shows `perPixel` µm. */
export function scaleBar(perPixel, room) {
  const most = perPixel * room;
  const decade = 10 ** Math.floor(Math.log10(most));
  const length = decade * STEPS.findLast((step) => step * decade <= most);
  return { length, width: length / perPixel };
}
