#include <catch2/catch.hpp>
#include <algorithm>
#include <set>

#include "adapters/mysql/validation/chunk_walk.hpp"

using namespace transload;
using namespace transload::mysql::validation;

TEST_CASE("a sample is the share of the chunks rounded up and at least one") {
    CHECK(choose_chunks(0, 0.5, 1, "t").empty());
    CHECK(choose_chunks(1, 0.0001, 1, "t") == std::vector<std::size_t>{0});
    CHECK(choose_chunks(100, 0.05, 1, "t").size() == 5);
    CHECK(choose_chunks(101, 0.05, 1, "t").size() == 6);
    CHECK(choose_chunks(7, 1.0, 1, "t") == std::vector<std::size_t>{0, 1, 2, 3, 4, 5, 6});
}

TEST_CASE("a sample is the same for the same seed and table and another for others") {
    const auto chosen = choose_chunks(1000, 0.1, 1, "shop.orders");
    CHECK(chosen == choose_chunks(1000, 0.1, 1, "shop.orders"));
    CHECK(chosen != choose_chunks(1000, 0.1, 2, "shop.orders"));
    CHECK(chosen != choose_chunks(1000, 0.1, 1, "shop.items"));
    CHECK(std::set<std::size_t>(chosen.begin(), chosen.end()).size() == 100);
    CHECK(std::is_sorted(chosen.begin(), chosen.end()));
}

TEST_CASE("seeds together reach every chunk") {
    std::set<std::size_t> reached;
    for (std::uint64_t seed = 0; seed < 200; ++seed)
        for (const std::size_t place : choose_chunks(50, 0.05, seed, "t")) reached.insert(place);
    CHECK(reached.size() == 50);
}

TEST_CASE("chunks shrink with the size of rows and never below one row") {
    JobSpec spec;
    TablePlan plan;
    plan.estimated_rows = 100'000'000;
    plan.average_row_bytes = 100;
    CHECK(chunk_rows(plan, spec) == 50'000);
    plan.average_row_bytes = 16U << 20;
    CHECK(chunk_rows(plan, spec) == 4);
    plan.average_row_bytes = 1ULL << 30;
    CHECK(chunk_rows(plan, spec) == 1);
    plan.average_row_bytes = 0;
    plan.estimated_rows = 0;
    CHECK(chunk_rows(plan, spec) == 2'000);
}
