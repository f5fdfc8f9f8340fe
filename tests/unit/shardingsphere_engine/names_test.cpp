#include <catch2/catch.hpp>

#include "adapters/shardingsphere/engine/names.hpp"

using namespace transload;
using namespace transload::shardingsphere;

TEST_CASE("names hold the job's id, fit into 64 letters, and differ by table and attempt") {
    const JobId job("20261120-140501-AB12cd34");
    CHECK(source_unit_name(job, 0) == "tl_20261120140501ab12cd34_s0");
    CHECK(staging_name(job, 12, 3) == "tl_20261120140501ab12cd34_12_3");
    CHECK(staging_name(job, 12, 3).starts_with(staging_prefix(job, 12)));
    CHECK_FALSE(staging_name(job, 123, 0).starts_with(staging_prefix(job, 12)));
    const JobId longest(std::string(64, 'x'));
    CHECK(staging_name(longest, 99'999, 999).size() <= 64);
    CHECK(logical_database_name(longest, 99, std::string(64, 'd'), false).size() <= 64);
}

TEST_CASE("a logical database has the target's name where the proxy takes that and has none of it") {
    const JobId job("20261120-140501-ab12cd34");
    CHECK(logical_database_name(job, 0, "shop", false) == "shop");
    CHECK(logical_database_name(job, 0, "shop", true) == "shop_tl_20261120140501ab12cd34_d0");
    for (const char* hostile : {"my-shop", "a b", "1st", "", "größe", "a`b", "a.b"})
        CHECK(logical_database_name(job, 0, hostile, false) == "tl_20261120140501ab12cd34_d0");
    for (std::size_t size = 1; size <= 64; ++size)
        for (const bool taken : {false, true}) CHECK(logical_database_name(job, 0, std::string(size, 'd'), taken).size() <= 64);
    CHECK(logical_database_name(job, 0, std::string(64, 'd'), true) == "tl_20261120140501ab12cd34_d0");
    // Two databases of a job, whose names no proxy takes, are two.
    CHECK(logical_database_name(job, 0, "my-shop", false) != logical_database_name(job, 1, "my-other", false));
}
