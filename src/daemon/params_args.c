/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "daemon/params.h"

struct flag { /* one argument, or two of them */
    const struct og_param *row;
    const char *value; /* NULL: missing */
    int used;
};

static struct flag read_flag(int count, char **arguments, int i)
{
    const char *name = arguments[i] + 2, *equals = strchr(name, '=');
    struct flag flag = {.row = og_param_find(name, equals ? (size_t)(equals - name) : strlen(name)), .used = 1};
    if (!flag.row)
        return flag;
    if (equals) {
        flag.value = equals + 1;
    } else if (flag.row->type == OG_PARAM_SWITCH) {
        flag.value = "";
    } else if (i + 1 < count && strncmp(arguments[i + 1], "--", 2) != 0) {
        flag.value = arguments[i + 1];
        flag.used = 2;
    }
    return flag;
}

static enum og_status check_flag(const struct flag *flag, const char *argument, bool repeated, struct og_error *err)
{
    if (!flag->row)
        return og_error_set(err, OG_INVALID, "there is no flag %.80s; --help lists them all", argument);
    if (!flag->value || (flag->row->type == OG_PARAM_TEXT && flag->value[0] == '\0'))
        return og_error_set(err, OG_INVALID, "--%s needs a value: --%s %s", flag->row->name, flag->row->name,
                            flag->row->value);
    if (flag->row->type == OG_PARAM_SWITCH && flag->value[0] != '\0')
        return og_error_set(err, OG_INVALID, "--%s takes no value", flag->row->name);
    if (repeated)
        return og_error_set(err, OG_INVALID, "--%s is given twice", flag->row->name);
    return OG_OK;
}

static enum og_status collect(int count, char **arguments, const char **values, struct og_error *err)
{
    for (int i = 1; i < count;) {
        if (strncmp(arguments[i], "--", 2) != 0)
            return og_error_set(err, OG_INVALID, "\"%.80s\" is not a flag; the folder of slides goes with --slides",
                                arguments[i]);
        struct flag flag = read_flag(count, arguments, i);
        size_t row = flag.row ? (size_t)(flag.row - og_params_table) : 0;
        enum og_status status = check_flag(&flag, arguments[i], flag.row && values[row], err);
        if (status != OG_OK)
            return status;
        values[row] = flag.value;
        i += flag.used;
    }
    return OG_OK;
}

enum og_status og_params_from_arguments(struct og_params *params, int count, char **arguments, struct og_error *err)
{
    const char *values[OG_PARAMS_MAX] = {NULL};
    enum og_status status = collect(count, arguments, values, err);
    const char *config = values[og_param_find("config", strlen("config")) - og_params_table];
    if (status == OG_OK && config)
        status = og_params_from_file(params, config, err);
    for (size_t i = 0; status == OG_OK && i < og_params_rows; i++)
        if (values[i] && (status = og_param_set(params, &og_params_table[i], values[i], err)) != OG_OK)
            return og_error_prefix(err, "--%s", og_params_table[i].name);
    return status;
}
