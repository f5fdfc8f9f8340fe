#include "adapters/http/bounded_queue.hpp"

namespace transload::http {

BoundedQueue::BoundedQueue(std::size_t threads, std::size_t length) : length_(length) {
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

void BoundedQueue::enqueue(std::function<void()> task) {
    std::unique_lock lock(mutex_);
    freed_.wait(lock, [this] { return tasks_.size() < length_ || closed_; });
    tasks_.push_back(std::move(task));
    filled_.notify_one();
}

void BoundedQueue::shutdown() {
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }
    filled_.notify_all();
    freed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

void BoundedQueue::work() {
    for (;;) {
        std::function<void()> task;
        {
            std::unique_lock lock(mutex_);
            filled_.wait(lock, [this] { return !tasks_.empty() || closed_; });
            if (tasks_.empty()) return;
            task = std::move(tasks_.front());
            tasks_.pop_front();
        }
        freed_.notify_one();
        task();
    }
}

}  // namespace transload::http
