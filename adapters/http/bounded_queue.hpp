#pragma once
#include <httplib.h>

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace transload::http {

/// Threads that serve connections, and a queue of limited length before them. When it is full, enqueue()
/// waits: the server stops accepting, and the kernel's backlog, which is bounded as well, takes what comes.
class BoundedQueue final : public httplib::TaskQueue {
  public:
    BoundedQueue(std::size_t threads, std::size_t length);
    void enqueue(std::function<void()> task) override;
    /// Runs what is queued and ends the threads.
    void shutdown() override;

  private:
    void work();

    std::size_t length_;
    std::mutex mutex_;
    std::condition_variable filled_;
    std::condition_variable freed_;
    std::deque<std::function<void()>> tasks_;
    bool closed_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace transload::http
