# og_sanitize: an interface target that carries the sanitizers chosen by OG_SANITIZE.
add_library(og_sanitize INTERFACE)
if(OG_SANITIZE)
  target_compile_options(og_sanitize INTERFACE
    $<$<COMPILE_LANGUAGE:C>:-fsanitize=${OG_SANITIZE};-fno-sanitize-recover=all;-fno-omit-frame-pointer>)
  target_link_options(og_sanitize INTERFACE -fsanitize=${OG_SANITIZE})
endif()
add_feature_info(sanitizers OG_SANITIZE "${OG_SANITIZE}")
