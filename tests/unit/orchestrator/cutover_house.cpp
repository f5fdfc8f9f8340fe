#include "tests/unit/orchestrator/cutover_house.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

namespace transload::test {

using namespace std::chrono_literals;

CutoverHouse::CutoverHouse() {
    spec.source.host = "source";
    spec.target.host = "target";
    spec.cutover.mode = CutoverMode::automatic;
    spec.retry = {2, 1ms, 1ms};
}

Job CutoverHouse::run() {
    JobService service(fake.ports(), store, clock, {}, {1, "."});
    return service.wait(service.submit(spec, true).id);
}

std::size_t CutoverHouse::count(const std::string& call) const {
    const auto calls = fake.calls();
    return static_cast<std::size_t>(std::count(calls.begin(), calls.end(), call));
}

std::size_t CutoverHouse::place(const std::string& call) const {
    const auto calls = fake.calls();
    CAPTURE(call);
    REQUIRE(std::find(calls.begin(), calls.end(), call) != calls.end());
    return static_cast<std::size_t>(std::find(calls.begin(), calls.end(), call) - calls.begin());
}

void CutoverHouse::fail_at(const std::string& call, ErrorKind kind, std::string id, std::size_t times) {
    fake.on_call = [call, kind, id, times](const std::string& name, RunControl&) mutable {
        if (name == call && times > 0) {
            --times;
            throw Error(kind, id, "shop.orders", "it broke", "mend it");
        }
    };
}

}  // namespace transload::test
