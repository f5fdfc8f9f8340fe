#pragma once
#include <chrono>
#include <map>
#include <string>

namespace transload::shardingsphere {

/// Tells for how long what is looked at again and again has been the same, by the number of a table. Not thread-safe.
class Standstill {
  public:
    using Clock = std::chrono::steady_clock;

    /// How long `state` has been what it is. While nobody looked for minutes nothing is known, and it counts from now.
    Clock::duration look(unsigned number, const std::string& state, Clock::time_point now = Clock::now());
    void forget(unsigned number) { seen_.erase(number); }

  private:
    struct Seen {
        std::string state;
        Clock::time_point since;
        Clock::time_point last;
    };
    std::map<unsigned, Seen> seen_;
};

}  // namespace transload::shardingsphere
