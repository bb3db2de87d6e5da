/* SPDX-License-Identifier: MIT */
#include "tool/gate.h"

enum og_status og_gate_check(const struct og_gate *gate, const struct og_tally *full_size, struct og_error *err)
{
    struct og_fidelity f = og_tally_fidelity(full_size);
    if (f.psnr_luma < gate->min_psnr)
        return og_error_set(err, OG_BELOW,
                            "full size has %.3f dB luma PSNR, and %g are demanded; its worst tile is L0 tile %u, %u "
                            "with %.2f dB",
                            f.psnr_luma, gate->min_psnr, f.worst_x, f.worst_y, f.worst_psnr_luma);
    if (full_size->windows && f.ssim < gate->min_ssim)
        return og_error_set(err, OG_BELOW,
                            "full size has an SSIM of %.5f, and %g is demanded; its worst tile is L0 tile %u, %u with "
                            "%.5f",
                            f.ssim, gate->min_ssim, full_size->worst_ssim_x, full_size->worst_ssim_y,
                            full_size->worst_ssim);
    return OG_OK;
}
