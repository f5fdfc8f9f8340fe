#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace transload {

/// A fixed number of threads that run tasks in the order of their arrival. Tasks must not throw.
class WorkerPool {
  public:
    explicit WorkerPool(unsigned threads);
    /// Drops tasks that have not begun and waits for those that have.
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    void post(std::function<void()> task);

  private:
    void work();

    std::mutex mutex_;
    std::condition_variable wakeup_;
    std::deque<std::function<void()>> tasks_;
    bool closing_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace transload
