/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/reader_kind.h"
#include "daemon/params.h"
#include "support/cmocka_all.h"
#include "support/folder.h"

#define ARGUMENTS_MAX 32

/* Arguments behind the program's name, separated by blanks. */
static enum og_status from_words(struct og_params *params, const char *words, struct og_error *err)
{
    char text[1024], *arguments[ARGUMENTS_MAX] = {(char *)"origamid"};
    int count = 1;
    snprintf(text, sizeof text, "%s", words);
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " "))
        arguments[count++] = word;
    og_params_init(params);
    return og_params_from_arguments(params, count, arguments, err);
}

static struct og_params taken(const char *words)
{
    struct og_params params;
    struct og_error err;
    if (from_words(&params, words, &err) != OG_OK)
        fail_msg("%s: %s", words, err.text);
    return params;
}

static void every_row_is_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < og_params_rows; i++) {
        const struct og_param *row = &og_params_table[i];
        struct og_params params;
        struct og_error err;
        assert_ptr_equal(og_param_find(row->name, strlen(row->name)), row);
        assert_true(row->sentence[strlen(row->sentence) - 1] == '.');
        assert_true(row->offset < sizeof params);
        if (row->type == OG_PARAM_SWITCH) {
            assert_true(row->only_flag && !row->value && !row->fallback);
        } else {
            assert_non_null(row->value);
            assert_int_equal(og_param_set(&params, row, row->fallback, &err), OG_OK);
        }
    }
}

static void without_words_everything_is_as_the_table_says(void **state)
{
    (void)state;
    struct og_params p = taken("");
    assert_string_equal(p.slides, "");
    assert_string_equal(p.listen, "127.0.0.1:8080");
    assert_true(p.workers == OG_PARAM_AUTO && p.http_threads == OG_PARAM_AUTO && p.cache_bytes == OG_PARAM_AUTO);
    assert_int_equal(p.quality, 90);
    assert_int_equal(p.stack_bytes, 512 << 10);
    assert_false(p.pin || p.huge_pages);
    assert_int_equal(p.reader, OG_READER_AUTO);
    assert_int_equal(p.connections, 4096);
    assert_int_equal(p.idle_seconds, 30);
    assert_int_equal(p.answer_seconds, 60);
    assert_int_equal(p.deadline_seconds, 10);
    assert_int_equal(p.log_level, OG_LOG_INFO);
    assert_false(p.help || p.version || p.check_config || p.print_config);
}

static void flags_set_their_members(void **state)
{
    (void)state;
    struct og_params p =
        taken("--slides /s --listen [::1]:0 --workers 3 --http-threads 2 --cache 2G --quality 75 "
              "--pin yes --stack 1M --huge-pages yes --reader mmap --log-level debug --log-format json "
              "--access-log /var/log/a --drain-timeout 0 --check-config");
    assert_string_equal(p.slides, "/s");
    assert_string_equal(p.listen, "[::1]:0");
    assert_int_equal(p.workers, 3);
    assert_int_equal(p.http_threads, 2);
    assert_int_equal(p.cache_bytes, UINT64_C(2) << 30);
    assert_int_equal(p.quality, 75);
    assert_int_equal(p.stack_bytes, 1 << 20);
    assert_true(p.pin && p.huge_pages);
    assert_int_equal(p.reader, OG_READER_MMAP);
    assert_int_equal(p.log_level, OG_LOG_DEBUG);
    assert_int_equal(p.log_format, OG_LOG_JSON);
    assert_string_equal(p.access_log, "/var/log/a");
    assert_int_equal(p.drain_seconds, 0);
    assert_true(p.check_config);
    assert_false(p.help);
}

static void a_value_may_follow_an_equals_sign(void **state)
{
    (void)state;
    assert_string_equal(taken("--slides=/a=b").slides, "/a=b");
    assert_string_equal(taken("--slides=--odd").slides, "--odd");
    assert_int_equal(taken("--workers=7").workers, 7);
}

static void sizes_take_units_and_auto(void **state)
{
    (void)state;
    assert_int_equal(taken("--cache 0").cache_bytes, 0);
    assert_int_equal(taken("--cache 12345").cache_bytes, 12345);
    assert_int_equal(taken("--cache 1K").cache_bytes, 1024);
    assert_int_equal(taken("--cache 512M").cache_bytes, 512 << 20);
    assert_true(taken("--cache auto").cache_bytes == OG_PARAM_AUTO);
}

static void wrong_flags_are_refused_in_a_sentence(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"--nonsense", "there is no flag --nonsense; --help lists them all"},
        {"--", "there is no flag --;"},
        {"--slide /x", "there is no flag --slide;"},
        {"/slides", "\"/slides\" is not a flag; the folder of slides goes with --slides"},
        {"-h", "\"-h\" is not a flag"},
        {"--slides", "--slides needs a value: --slides DIR"},
        {"--slides --help", "--slides needs a value"},
        {"--slides=", "--slides needs a value"},
        {"--workers", "--workers needs a value: --workers N"},
        {"--slides /a --slides /b", "--slides is given twice"},
        {"--slides /a --slides=/a", "--slides is given twice"},
        {"--help --help", "--help is given twice"},
        {"--help=yes", "--help takes no value"},
        {"--workers 0", "--workers: \"0\" is not a number from 1 to 96, nor \"auto\""},
        {"--workers 97", "--workers: \"97\" is not a number"},
        {"--workers -1", "--workers: \"-1\" is not a number"},
        {"--workers 1x", "--workers: \"1x\" is not a number"},
        {"--http-threads 33", "--http-threads: \"33\" is not a number from 1 to 32"},
        {"--quality 0", "--quality: \"0\" is not a number from 1 to 100"},
        {"--quality auto", "--quality: \"auto\" is not a number from 1 to 100"},
        {"--cache 12Q", "--cache: \"12Q\" is not a size in bytes or with K, M or G, like 512M, nor \"auto\""},
        {"--stack 1T", "--stack: \"1T\" is not a size in bytes or with K, M or G, like 512M"},
        {"--config /", "cannot read /: Is a directory"},
        {"--cache -1", "--cache: \"-1\" is not a size"},
        {"--stack 4K", "--stack: \"4K\" is not from 128K to 64M"},
        {"--pin maybe", "--pin: \"maybe\" is not yes or no"},
        {"--cache 99999999999G", "--cache: \"99999999999G\" is not a size"},
        {"--listen localhost:80", "--listen: \"localhost:80\" is no address like 127.0.0.1:8080"},
        {"--reader fast", "--reader: \"fast\" is not one of auto, pread, uring and mmap"},
        {"--log-level loud", "--log-level: \"loud\" is not one of error, warn, info and debug"},
        {"--log-format xml", "--log-format: \"xml\" is not one of text|json"},
        {"--log-format tex", "--log-format: \"tex\" is not"},
        {"--log-format text|json", "--log-format: \"text|json\" is not"},
        {"--drain-timeout 3601", "--drain-timeout: \"3601\" is not a number from 0 to 3600"},
        {"--config /no/such/file", "cannot read /no/such/file: No such file or directory"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct og_params params;
        struct og_error err = {0};
        if (from_words(&params, cases[i][0], &err) == OG_OK || !strstr(err.text, cases[i][1]))
            fail_msg("%s: \"%s\"", cases[i][0], err.text);
    }
}

/* ---- the file ---- */

static enum og_status from_file(const struct folder *folder, const char *text, const char *more,
                                struct og_params *params, struct og_error *err)
{
    char words[256];
    folder_write_text(folder, "conf", text);
    snprintf(words, sizeof words, "--config %s/conf %s", folder->path, more);
    return from_words(params, words, err);
}

static void a_file_sets_what_flags_do_not(void **state)
{
    struct og_params p;
    struct og_error err;
    static const char text[] = "# a comment\n\n  slides =  /with blanks in it  \nworkers=5\r\n\tcache = 1G\n"
                               "   # another\nquality = 80";

    assert_int_equal(from_file(*state, text, "--workers 6 --cache auto", &p, &err), OG_OK);

    assert_string_equal(p.slides, "/with blanks in it");
    assert_int_equal(p.workers, 6);
    assert_true(p.cache_bytes == OG_PARAM_AUTO);
    assert_int_equal(p.quality, 80);
}

static void a_file_may_begin_with_the_mark_of_its_encoding(void **state)
{
    struct og_params p;
    struct og_error err;
    assert_int_equal(from_file(*state, "\xef\xbb\xbfworkers = 5\n", "", &p, &err), OG_OK);
    assert_int_equal(p.workers, 5);
    assert_int_equal(from_file(*state, "", "", &p, &err), OG_OK);
    assert_int_equal(from_file(*state, "#", "", &p, &err), OG_OK);
}

static void errors_in_a_file_name_file_and_line(void **state)
{
    const struct folder *folder = *state;
    static const char *const cases[][2] = {
        {"nonsense = 1\n", "conf:1: there is no setting \"nonsense\""},
        {"# x\n\nworkers = 0\n", "conf:3: workers: \"0\" is not a number from 1 to 96"},
        {"workers = 2\nquality\n", "conf:2: expected name = value"},
        {"workers = 2\n# x\nworkers = 3\n", "conf:3: \"workers\" is set already in line 1"},
        {"slides =\n", "conf:1: \"slides\" has no value"},
        {"= 1\n", "conf:1: there is no setting \"\""},
        {"help = 1\n", "conf:1: \"help\" is a flag; it cannot be set in a file"},
        {"\nconfig = /x\n", "conf:2: \"config\" is a flag"},
        {"workers = 2 # two\n", "conf:1: workers: \"2 # two\" is not a number"},
        {"Workers = 2\n", "conf:1: there is no setting \"Workers\""},
        {"http_threads = 2\n", "conf:1: there is no setting \"http_threads\""},
        {"listen = nowhere", "conf:1: listen: \"nowhere\" is no address"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct og_params p;
        struct og_error err = {0};
        if (from_file(folder, cases[i][0], "", &p, &err) == OG_OK || !strstr(err.text, cases[i][1]) ||
            strncmp(err.text, folder->path, strlen(folder->path)) != 0)
            fail_msg("%s: \"%s\"", cases[i][0], err.text);
    }
}

static void lines_and_values_beyond_their_bounds_are_refused(void **state)
{
    const struct folder *folder = *state;
    static const int lengths[] = {1024, 2040, 5000};
    for (size_t i = 0; i < 3; i++) {
        char text[6000];
        struct og_params p;
        struct og_error err = {0};
        snprintf(text, sizeof text, "\nslides = %0*d\n", lengths[i], 0);
        assert_int_equal(from_file(folder, text, "", &p, &err), OG_INVALID);
        assert_non_null(strstr(err.text, "conf:2: "));
        assert_non_null(strstr(err.text, "longer than"));
    }
}

/* ---- what is printed ---- */

static char *printed(void (*print)(const struct og_params *, FILE *), const struct og_params *params)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    print(params, out);
    fclose(out);
    return text;
}

static void print_config(const struct og_params *params, FILE *out)
{
    (void)params;
    og_params_print_config(out);
}

static void print_help(const struct og_params *params, FILE *out)
{
    (void)params;
    og_params_help(out);
}

static void the_printed_file_is_the_one_in_conf(void **state)
{
    (void)state;
    char *text = printed(print_config, NULL), *file = calloc(1, 65536);
    FILE *in = fopen(OG_CONF_FILE, "re");
    assert_non_null(in);
    assert_true(fread(file, 1, 65535, in) > 0);
    fclose(in);

    assert_string_equal(text, file);

    free(text);
    free(file);
}

static void the_printed_file_without_its_marks_sets_every_default(void **state)
{
    char *text = printed(print_config, NULL), plain[8192] = "";
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
        if (line[0] == '#' && line[1] != ' ') {
            strncat(plain, line + 1, sizeof plain - strlen(plain) - 1);
            strncat(plain, "\n", sizeof plain - strlen(plain) - 1);
        }
    struct og_params p, defaults;
    struct og_error err;

    assert_int_equal(from_file(*state, plain, "", &p, &err), OG_OK);

    og_params_init(&defaults);
    assert_string_equal(p.slides, "DIR");
    assert_string_equal(p.listen, defaults.listen);
    assert_true(p.workers == defaults.workers && p.http_threads == defaults.http_threads &&
                p.cache_bytes == defaults.cache_bytes && p.quality == defaults.quality && p.pin == defaults.pin &&
                p.stack_bytes == defaults.stack_bytes && p.huge_pages == defaults.huge_pages &&
                p.reader == defaults.reader && p.log_level == defaults.log_level &&
                p.log_format == defaults.log_format && p.drain_seconds == defaults.drain_seconds);
    assert_string_equal(p.access_log, "no");
    free(text);
}

static void help_names_every_flag_within_a_hundred_columns(void **state)
{
    (void)state;
    char *text = printed(print_help, NULL);
    for (size_t i = 0; i < og_params_rows; i++) {
        char flag[64];
        snprintf(flag, sizeof flag, "\n  --%s", og_params_table[i].name);
        assert_non_null(strstr(text, flag));
    }
    assert_non_null(strstr(text, "\n  --workers N  (default: auto)  (from 1 to 96 or auto)\n"));
    assert_non_null(strstr(text, "\n  --stack SIZE  (default: 512K)  (from 128K to 64M)\n"));
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
        assert_true(strlen(line) <= 100);
    free(text);
}

static void effective_settings_are_lines_of_a_file(void **state)
{
    struct og_params p = taken(
                         "--slides /s --workers 3 --http-threads 1 --cache 1536M --reader uring --log-level warn"),
                     again;
    struct og_error err;

    char *text = printed(og_params_print_effective, &p);

    assert_string_equal(
        text, "slides = /s\nrescan = 60\nlisten = 127.0.0.1:8080\nworkers = 3\nhttp-threads = 1\ncache = 1536M\n"
              "quality = 90\npin = no\nstack = 512K\nhuge-pages = no\nreader = uring\nbase-path = "
              "/\ncache-max-age = 3600\ncache-private = no\nforwarded = no\nconnections = "
              "4096\nidle-timeout = 30\nanswer-timeout = 60\n"
              "deadline = 10\nlog-level = warn\n"
              "log-format = text\naccess-log = no\ndrain-timeout = 10\n");
    assert_int_equal(from_file(*state, text, "", &again, &err), OG_OK);
    assert_int_equal(again.cache_bytes, p.cache_bytes);
    free(text);
}

/* ---- README.md ---- */

static char *read_readme(void)
{
    char *text = calloc(1, 1 << 17);
    FILE *in = fopen(OG_README, "re");
    assert_non_null(in);
    assert_true(fread(text, 1, (1 << 17) - 1, in) > 0);
    fclose(in);
    return text;
}

/* As its table of options has it, where '|' would end a cell. */
static void flag_in_readme(const struct og_param *row, char *out, size_t room)
{
    size_t n = (size_t)snprintf(out, room, "`--%s%s", row->name, row->value ? " " : "");
    for (const char *c = row->value ? row->value : ""; *c && n + 3 < room; c++) {
        if (*c == '|')
            out[n++] = '\\';
        out[n++] = *c;
    }
    snprintf(out + n, room - n, "`");
}

static void readme_names_every_flag_and_no_other(void **state)
{
    (void)state;
    char *text = read_readme(), flag[128];
    for (size_t i = 0; i < og_params_rows; i++) {
        flag_in_readme(&og_params_table[i], flag, sizeof flag);
        if (!strstr(text, flag))
            fail_msg("README.md has no %s", flag);
    }
    for (const char *row = strstr(text, "\n| `--"); row; row = strstr(row + 1, "\n| `--")) {
        const char *name = row + strlen("\n| `--");
        size_t n = strcspn(name, " `");
        if (!og_param_find(name, n))
            fail_msg("README.md has --%.*s, and the table has not", (int)n, name);
    }
    free(text);
}

/* The column of defaults says what --help says; "auto" is told in words there. */
static void readme_tells_the_defaults(void **state)
{
    (void)state;
    char *text = read_readme(), flag[128], plain[256], quoted[256];
    for (size_t i = 0; i < og_params_rows; i++) {
        const struct og_param *row = &og_params_table[i];
        if (!row->fallback || !row->fallback[0] || strcmp(row->fallback, "auto") == 0)
            continue;
        flag_in_readme(row, flag, sizeof flag);
        const char *at = strstr(text, flag) + strlen(flag);
        snprintf(plain, sizeof plain, " | %s |", row->fallback);
        snprintf(quoted, sizeof quoted, " | `%s` |", row->fallback);
        if (strncmp(at, plain, strlen(plain)) != 0 && strncmp(at, quoted, strlen(quoted)) != 0)
            fail_msg("README.md: the default of %s is \"%.20s\" and not %s", flag, at, row->fallback);
    }
    free(text);
}

/* ---- auto ---- */

static void resolving_puts_numbers_in_the_place_of_auto(void **state)
{
    (void)state;
    struct og_params p = taken("--slides /s");
    struct og_error err;

    assert_int_equal(og_params_resolve(&p, &err), OG_OK);

    assert_in_range(p.workers, 1, 96);
    assert_in_range(p.http_threads, 1, 4);
    assert_in_range(p.cache_bytes, 64 << 20, UINT64_C(1) << 47);
}

static void without_slides_there_is_nothing_to_serve(void **state)
{
    (void)state;
    struct og_params p = taken("");
    struct og_error err;

    assert_int_equal(og_params_resolve(&p, &err), OG_INVALID);

    assert_non_null(strstr(err.text, "--slides DIR"));
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_setup, folder_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_whole),
        cmocka_unit_test(without_words_everything_is_as_the_table_says),
        cmocka_unit_test(flags_set_their_members),
        cmocka_unit_test(a_value_may_follow_an_equals_sign),
        cmocka_unit_test(sizes_take_units_and_auto),
        cmocka_unit_test(wrong_flags_are_refused_in_a_sentence),
        IN_FOLDER(a_file_sets_what_flags_do_not),
        IN_FOLDER(a_file_may_begin_with_the_mark_of_its_encoding),
        IN_FOLDER(errors_in_a_file_name_file_and_line),
        IN_FOLDER(lines_and_values_beyond_their_bounds_are_refused),
        cmocka_unit_test(the_printed_file_is_the_one_in_conf),
        IN_FOLDER(the_printed_file_without_its_marks_sets_every_default),
        cmocka_unit_test(help_names_every_flag_within_a_hundred_columns),
        IN_FOLDER(effective_settings_are_lines_of_a_file),
        cmocka_unit_test(readme_names_every_flag_and_no_other),
        cmocka_unit_test(readme_tells_the_defaults),
        cmocka_unit_test(resolving_puts_numbers_in_the_place_of_auto),
        cmocka_unit_test(without_slides_there_is_nothing_to_serve),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
