/* SPDX-License-Identifier: MIT */
#include "http/assets.h"

#define SYMBOLS(symbol) extern const unsigned char og_asset_##symbol[], og_asset_##symbol##_end[]
#define BYTES(symbol)   og_asset_##symbol, og_asset_##symbol##_end

#define HTML   "text/html; charset=utf-8"
#define SCRIPT "text/javascript; charset=utf-8"
#define STYLE  "text/css; charset=utf-8"
#define SVG    "image/svg+xml"
#define TEXT   "text/plain; charset=utf-8"

/* Defined in viewer/assets.S.in. */
SYMBOLS(gallery_html);
SYMBOLS(viewer_html);
SYMBOLS(gallery_js);
SYMBOLS(viewer_js);
SYMBOLS(units_js);
SYMBOLS(origami_css);
SYMBOLS(gallery_css);
SYMBOLS(viewer_css);
SYMBOLS(logo_svg);
SYMBOLS(openseadragon_js);
SYMBOLS(openseadragon_license);

static const struct og_asset assets[] = {
    {"gallery.html", HTML, BYTES(gallery_html)},
    {"viewer.html", HTML, BYTES(viewer_html)},
    {"gallery.js", SCRIPT, BYTES(gallery_js)},
    {"viewer.js", SCRIPT, BYTES(viewer_js)},
    {"units.js", SCRIPT, BYTES(units_js)},
    {"origami.css", STYLE, BYTES(origami_css)},
    {"gallery.css", STYLE, BYTES(gallery_css)},
    {"viewer.css", STYLE, BYTES(viewer_css)},
    {"logo.svg", SVG, BYTES(logo_svg)},
    {"openseadragon.min.js", SCRIPT, BYTES(openseadragon_js)},
    {"openseadragon.LICENSE.txt", TEXT, BYTES(openseadragon_license)},
};

size_t og_assets_count(void)
{
    return sizeof assets / sizeof assets[0];
}

const struct og_asset *og_asset_at(size_t index)
{
    return &assets[index];
}
