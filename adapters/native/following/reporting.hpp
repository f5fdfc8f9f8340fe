#pragma once
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace transload::native {

/// Calls `report` twice a second, from a thread of its own, for as long as it lives: for a stream that runs on while its
/// step is busy with something that may take hours. What `report` throws is left to who asks the stream next.
class Reporting {
  public:
    explicit Reporting(std::function<void()> report);

  private:
    void run(const std::stop_token& stop);

    std::function<void()> report_;
    std::mutex mutex_;
    std::condition_variable_any wakeup_;
    std::jthread thread_;  ///< last: it uses the others
};

}  // namespace transload::native
