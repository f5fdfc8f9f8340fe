#include "adapters/http/bounded_queue.hpp"

namespace transload::http {

BoundedQueue::BoundedQueue(std::size_t threads, std::size_t length) : length_(length) {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < threads; ++i) start();
}

void BoundedQueue::enqueue(std::function<void()> task) {
    std::unique_lock lock(mutex_);
    freed_.wait(lock, [this] { return tasks_.size() < length_ || closed_; });
    tasks_.push_back(std::move(task));
    filled_.notify_one();
}

void BoundedQueue::shutdown() {
    std::list<std::thread> all;
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        all.splice(all.end(), threads_);
        all.splice(all.end(), ended_);
    }
    filled_.notify_all();
    freed_.notify_all();
    for (std::thread& thread : all) thread.join();
}

BoundedQueue::Replacement::Replacement(BoundedQueue& queue) : queue_(queue) {
    const std::lock_guard lock(queue_.mutex_);
    queue_.reap();
    if (!queue_.closed_) queue_.start();
}

BoundedQueue::Replacement::~Replacement() {
    {
        const std::lock_guard lock(queue_.mutex_);
        if (queue_.closed_) return;
        ++queue_.surplus_;
    }
    queue_.filled_.notify_one();
}

void BoundedQueue::start() {
    const auto self = threads_.emplace(threads_.end());
    *self = std::thread([this, self] { work(self); });
}

void BoundedQueue::reap() {
    // They have left the mutex or are about to: none of them waits for it again.
    for (std::thread& thread : ended_) thread.join();
    ended_.clear();
}

void BoundedQueue::work(std::list<std::thread>::iterator self) {
    for (;;) {
        std::function<void()> task;
        {
            std::unique_lock lock(mutex_);
            filled_.wait(lock, [this] { return !tasks_.empty() || closed_ || surplus_ > 0; });
            if (surplus_ > 0 && !closed_) {
                --surplus_;
                ended_.splice(ended_.end(), threads_, self);
                if (!tasks_.empty()) filled_.notify_one();
                return;
            }
            if (tasks_.empty()) return;
            task = std::move(tasks_.front());
            tasks_.pop_front();
        }
        freed_.notify_one();
        task();
    }
}

}  // namespace transload::http
