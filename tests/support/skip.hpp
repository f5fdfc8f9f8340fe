#pragma once
#include <catch2/catch.hpp>

/// Ends a test case that this machine can't run; ctest counts it as skipped and scripts/test says why.
#define SKIP_TEST(reason)            \
    do {                             \
        WARN("SKIPPED: " << reason); \
        return;                      \
    } while (false)
