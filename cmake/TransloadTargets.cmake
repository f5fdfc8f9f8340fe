# One function makes every library of the house, so that flags, warnings and include root are the same
# everywhere. A folder sees another folder only through DEPS: a forbidden include then does not link.

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}
        CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE_PROGRAM})
endif()

add_library(transload_flags INTERFACE)
target_include_directories(transload_flags INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(transload_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
    -Wold-style-cast -Woverloaded-virtual -Wimplicit-fallthrough
    # Designated initialisers leave the other members at their defaults on purpose.
    -Wno-missing-field-initializers -fno-omit-frame-pointer)
if(CCACHE_PROGRAM)
    target_compile_options(transload_flags INTERFACE -fpch-preprocess)
endif()
if(TRANSLOAD_WARNINGS_AS_ERRORS)
    target_compile_options(transload_flags INTERFACE -Werror)
endif()
if(TRANSLOAD_SANITIZE)
    target_compile_options(transload_flags INTERFACE -fsanitize=${TRANSLOAD_SANITIZE})
    target_link_options(transload_flags INTERFACE -fsanitize=${TRANSLOAD_SANITIZE})
endif()
find_package(Threads REQUIRED)
target_link_libraries(transload_flags INTERFACE Threads::Threads)

# transload_library(NAME SOURCES … DEPS … PRIVATE_DEPS … PCH header…)
function(transload_library NAME)
    cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;PRIVATE_DEPS;PCH" ${ARGN})
    add_library(${NAME} STATIC ${ARG_SOURCES})
    target_link_libraries(${NAME} PUBLIC transload_flags ${ARG_DEPS} PRIVATE ${ARG_PRIVATE_DEPS})
    if(ARG_PCH)
        target_precompile_headers(${NAME} PRIVATE ${ARG_PCH})
    endif()
endfunction()
