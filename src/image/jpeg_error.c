/* SPDX-License-Identifier: MIT */
#include "jpeg_error.h"

#include <stdlib.h>

#include <jerror.h>

#include "image/jpeg.h"

static void escape(j_common_ptr info)
{
    struct og_jpeg_errors *errors = (struct og_jpeg_errors *)info->err;
    errors->status = info->err->msg_code == JERR_OUT_OF_MEMORY ? OG_NO_MEMORY : OG_DAMAGED;
    errors->base.format_message(info, errors->text);
    longjmp(errors->escape, 1);
}

void og_jpeg_give_up(struct og_jpeg_errors *errors, const char *reason)
{
    errors->status = OG_DAMAGED;
    snprintf(errors->text, sizeof errors->text, "%s", reason);
    longjmp(errors->escape, 1);
}

static void escape_on_warning(j_common_ptr info, int level)
{
    if (level < 0)
        escape(info);
}

static void say_nothing(j_common_ptr info)
{
    (void)info;
}

struct jpeg_error_mgr *og_jpeg_errors_init(struct og_jpeg_errors *errors)
{
    jpeg_std_error(&errors->base);
    errors->base.error_exit = escape;
    errors->base.emit_message = escape_on_warning;
    errors->base.output_message = say_nothing;
    return &errors->base;
}

void og_jpeg_clean_environment(void)
{
    static const char *const names[] = {"TJ_OPTIMIZE",     "TJ_ARITHMETIC",   "TJ_RESTART",      "TJ_PROGRESSIVE",
                                        "JSIMD_FORCESSE2", "JSIMD_FORCEAVX2", "JSIMD_FORCENONE", "JSIMD_FORCEMMX",
                                        "JSIMD_FORCENEON", "JSIMD_NOHUFFENC", "JSIMD_FASTLD3",   "JSIMD_FASTST3",
                                        "JPEGMEM"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        unsetenv(names[i]);
}
