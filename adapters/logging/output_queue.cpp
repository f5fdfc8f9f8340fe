#include "adapters/logging/output_queue.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

namespace transload::logging {
namespace {

/// As much as a pipe takes at once (PIPE_BUF), so that a line is not mixed with those of other writers.
constexpr std::size_t at_once = 4096;

void write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(descriptor, text.data(), std::min(text.size(), at_once));
        if (written > 0) {
            text.remove_prefix(static_cast<std::size_t>(written));
        } else if (written < 0 && errno == EAGAIN) {
            // A program that shares the terminal has made it so that a write does not wait.
            pollfd ready{descriptor, POLLOUT, 0};
            (void)poll(&ready, 1, -1);
        } else if (written == 0 || errno != EINTR) {
            return;  // a reader that went away, a full disk: neither ends a job
        }
    }
}

}  // namespace

struct OutputQueue::Shared {
    Shared(Write write_, Gap gap_, std::size_t most_bytes_)
        : write(std::move(write_)), gap(std::move(gap_)), most_bytes(most_bytes_) {}

    void run() {
        std::unique_lock lock(mutex);
        while (true) {
            changed.wait(lock, [this] { return closed || lost > 0 || !pieces.empty(); });
            if (closed) return;
            const std::uint64_t left_out = std::exchange(lost, 0);
            const std::string text = left_out > 0 ? std::string() : next();
            writing = true;
            lock.unlock();
            try {
                write(left_out > 0 ? gap(left_out) : text);
            } catch (...) {
                // Neither a stream that fails nor a want of memory ends a job.
            }
            lock.lock();
            writing = false;
            ++taken;
            changed.notify_all();
        }
    }

    /// Requires mutex.
    std::string next() {
        std::string text = std::move(pieces.front());
        pieces.pop_front();
        bytes -= text.size();
        return text;
    }

    /// Requires mutex.
    [[nodiscard]] bool idle() const { return pieces.empty() && lost == 0 && !writing; }

    const Write write;
    const Gap gap;
    const std::size_t most_bytes;
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<std::string> pieces;
    std::size_t bytes = 0;
    std::uint64_t lost = 0;   ///< pieces, before those that wait
    std::uint64_t taken = 0;  ///< pieces
    bool writing = false;
    bool stuck = false;  ///< the last drain was in vain
    bool closed = false;
};

OutputQueue::Write OutputQueue::to(int descriptor) {
    return [descriptor](std::string_view text) { write_all(descriptor, text); };
}

OutputQueue::OutputQueue(Write write, Gap gap, std::size_t most_bytes)
    : shared_(std::make_shared<Shared>(std::move(write), std::move(gap), most_bytes)) {
    // Not joined: nothing but a reader ends a write that waits for one, and the program's end must not.
    std::thread([shared = shared_] { shared->run(); }).detach();
}

OutputQueue::~OutputQueue() {
    // Who has waited once in vain knows that nobody reads.
    const bool stuck = [this] {
        const std::lock_guard lock(shared_->mutex);
        return shared_->stuck;
    }();
    if (!stuck) (void)drain();
    const std::lock_guard lock(shared_->mutex);
    shared_->closed = true;
    shared_->changed.notify_all();
}

void OutputQueue::push(std::string text) {
    const std::lock_guard lock(shared_->mutex);
    shared_->bytes += text.size();
    shared_->pieces.push_back(std::move(text));
    for (; shared_->bytes > shared_->most_bytes && shared_->pieces.size() > 1; ++shared_->lost) {
        shared_->bytes -= shared_->pieces.front().size();
        shared_->pieces.pop_front();
    }
    shared_->changed.notify_all();
}

bool OutputQueue::idle() const {
    const std::lock_guard lock(shared_->mutex);
    return shared_->idle();
}

bool OutputQueue::drain(std::chrono::milliseconds limit) {
    std::unique_lock lock(shared_->mutex);
    while (!shared_->idle()) {
        const std::uint64_t before = shared_->taken;
        shared_->stuck = !shared_->changed.wait_for(lock, limit, [&] { return shared_->taken != before; });
        if (shared_->stuck) return false;
    }
    return true;
}

}  // namespace transload::logging
