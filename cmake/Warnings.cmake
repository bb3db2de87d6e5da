# og_warnings: an interface target with the warnings that every target of ours is built with.
add_library(og_warnings INTERFACE)
target_compile_options(og_warnings INTERFACE
  $<$<COMPILE_LANGUAGE:C>:-Wall;-Wextra;-Wshadow;-Wvla;-Wpointer-arith;-Wstrict-prototypes;-Wmissing-prototypes>
  $<$<COMPILE_LANGUAGE:C>:-Wundef;-Wformat=2;-Wwrite-strings;-Wconversion;-Wno-sign-conversion>)
if(OG_WERROR)
  target_compile_options(og_warnings INTERFACE $<$<COMPILE_LANGUAGE:C>:-Werror>)
endif()
