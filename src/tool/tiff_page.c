/* SPDX-License-Identifier: MIT */
#include "tiff_page.h"

bool og_tiff_set_tiles(TIFF *tiff, struct og_extent size, struct og_span tables)
{
    return TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, size.width) && TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, size.height) &&
           TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 8) && TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_JPEG) &&
           TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG) &&
           TIFFSetField(tiff, TIFFTAG_TILEWIDTH, OG_TILE_SIZE) &&
           TIFFSetField(tiff, TIFFTAG_TILELENGTH, OG_TILE_SIZE) &&
           TIFFSetField(tiff, TIFFTAG_JPEGTABLES, (uint32_t)tables.size, tables.data);
}

bool og_tiff_set_colour(TIFF *tiff, bool reduced, unsigned subsampling)
{
    static const float full_range[6] = {0, 255, 128, 255, 128, 255};
    return TIFFSetField(tiff, TIFFTAG_SUBFILETYPE, reduced ? FILETYPE_REDUCEDIMAGE : 0) &&
           TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 3) &&
           TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_YCBCR) &&
           TIFFSetField(tiff, TIFFTAG_YCBCRSUBSAMPLING, subsampling, subsampling) &&
           TIFFSetField(tiff, TIFFTAG_REFERENCEBLACKWHITE, full_range);
}

bool og_tiff_set_resolution(TIFF *tiff, double mpp_x, double mpp_y, unsigned depth)
{
    if (!(mpp_x > 0 && mpp_y > 0))
        return true;
    double shrunk = (double)(UINT64_C(1) << depth);
    return TIFFSetField(tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_CENTIMETER) &&
           TIFFSetField(tiff, TIFFTAG_XRESOLUTION, 10000.0 / (mpp_x * shrunk)) &&
           TIFFSetField(tiff, TIFFTAG_YRESOLUTION, 10000.0 / (mpp_y * shrunk));
}

bool og_tiff_arrays(TIFF *tiff, uint64_t **offsets, uint64_t **lengths)
{
    return TIFFSetupStrips(tiff) && TIFFGetField(tiff, TIFFTAG_TILEOFFSETS, offsets) &&
           TIFFGetField(tiff, TIFFTAG_TILEBYTECOUNTS, lengths);
}
