#include "cli/signals.hpp"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <utility>

#include "cli/exit_codes.hpp"

namespace transload::cli {
namespace {

std::atomic<bool> came{false};

sigset_t watched() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGUSR2);  // ends the watch itself
    return set;
}

}  // namespace

SignalWatch::SignalWatch(std::function<void()> on_first) : on_first_(std::move(on_first)) {
    signal(SIGPIPE, SIG_IGN);  // a peer that went away is an error of that write, not the end of the process
    const sigset_t set = watched();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    thread_ = std::thread([this, set] {
        while (true) {
            int number = 0;
            if (sigwait(&set, &number) != 0 || number == SIGUSR2) return;
            if (came.exchange(true)) _exit(exit_interrupted);
            on_first_();
        }
    });
}

SignalWatch::~SignalWatch() {
    pthread_kill(thread_.native_handle(), SIGUSR2);
    thread_.join();
}

bool SignalWatch::interrupted() noexcept { return came; }

void SignalWatch::say(std::string_view text) noexcept {
    pollfd reader{STDERR_FILENO, POLLOUT, 0};
    if (poll(&reader, 1, 0) != 1 || (reader.revents & POLLOUT) == 0) return;
    [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace transload::cli
