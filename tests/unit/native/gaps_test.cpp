#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>

#include "adapters/native/checkpoint/gaps.hpp"

using namespace transload;
using namespace transload::native;

namespace {

std::vector<std::size_t> by_number(const std::vector<mysql::KeyValue>& keys) {
    std::vector<std::size_t> order(keys.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return std::stoi(keys[a][0]) < std::stoi(keys[b][0]); });
    return order;
}

DoneChunk chunk(int after, int upto) {
    DoneChunk done;
    if (after != 0) done.range.after = mysql::KeyValue{std::to_string(after)};
    if (upto != 0) done.range.upto = mysql::KeyValue{std::to_string(upto)};
    return done;
}

/// "(..5] (8..]" ; 0 stands for an open end.
std::string text(const std::vector<DoneChunk>& done) {
    std::string result;
    for (const mysql::KeyRange& range : gaps(done, by_number))
        result += "(" + (range.after ? range.after->at(0) : "") + ".." +
                  (range.upto ? range.upto->at(0) : "") + "]";
    return result;
}

}  // namespace

TEST_CASE("everything is open when nothing is done") {
    CHECK(text({}) == "(..]");
}

TEST_CASE("nothing is open when the chunks cover the whole key space") {
    CHECK(text({chunk(0, 0)}).empty());
    CHECK(text({chunk(10, 0), chunk(0, 5), chunk(5, 10)}).empty());
}

TEST_CASE("gaps lie between runs of chunks and at the open ends") {
    CHECK(text({chunk(0, 5)}) == "(5..]");
    CHECK(text({chunk(5, 0)}) == "(..5]");
    CHECK(text({chunk(5, 8)}) == "(..5](8..]");
    CHECK(text({chunk(20, 100), chunk(9, 10), chunk(0, 5), chunk(100, 101)}) == "(5..9](10..20](101..]");
    CHECK(text({chunk(100, 0), chunk(0, 5), chunk(9, 10)}) == "(5..9](10..100]");
}
