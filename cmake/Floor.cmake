# With fat objects a program may link without the link-time optimisation, which takes longer than all the rest of a build:
# tests do (cmake/CmockaTest.cmake), programs and benches do not.
if(CMAKE_C_COMPILER_ID STREQUAL GNU)
  list(TRANSFORM CMAKE_C_COMPILE_OPTIONS_IPO REPLACE "^-fno-fat-lto-objects$" -ffat-lto-objects)
endif()

# og_floor(NAME SOURCES file ... USES target ...): one static library per floor of the house, og_NAME.
# USES names lower floors and libraries only; tests/style checks the includes themselves.
function(og_floor name)
  cmake_parse_arguments(arg "" "" "SOURCES;USES" ${ARGN})
  add_library(og_${name} STATIC ${arg_SOURCES})
  target_include_directories(og_${name} PUBLIC ${PROJECT_SOURCE_DIR}/include)
  target_compile_definitions(og_${name} PUBLIC _GNU_SOURCE)
  target_link_libraries(og_${name} PUBLIC og_sanitize PRIVATE og_warnings PUBLIC ${arg_USES})
endfunction()
