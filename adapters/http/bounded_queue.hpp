#pragma once
#include <httplib.h>

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <thread>

namespace transload::http {

/// Threads that serve connections, and a queue of limited length before them. When it is full, enqueue()
/// waits: the server stops accepting, and the kernel's backlog, which is bounded as well, takes what comes.
class BoundedQueue final : public httplib::TaskQueue {
  public:
    BoundedQueue(std::size_t threads, std::size_t length);
    void enqueue(std::function<void()> task) override;
    /// Runs what is queued and ends the threads.
    void shutdown() override;

    /// While it lives, one more thread takes tasks, in place of the calling one, which has a long one. Must not outlive
    /// the task.
    class Replacement {
      public:
        explicit Replacement(BoundedQueue& queue);
        ~Replacement();
        Replacement(const Replacement&) = delete;
        Replacement& operator=(const Replacement&) = delete;

      private:
        BoundedQueue& queue_;
    };

  private:
    void work(std::list<std::thread>::iterator self);
    void start();  // requires mutex_
    void reap();   // requires mutex_

    std::size_t length_;
    std::mutex mutex_;
    std::condition_variable filled_;
    std::condition_variable freed_;
    std::deque<std::function<void()>> tasks_;
    bool closed_ = false;
    std::size_t surplus_ = 0;  ///< threads that are to end as soon as they are idle
    std::list<std::thread> threads_;
    std::list<std::thread> ended_;  ///< to be joined
};

}  // namespace transload::http
